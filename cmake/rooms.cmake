# zegel_room(NAME <target> SOURCES ... HEADERS ... USES ...): one folder of the house as a static
# library. Every header of a room compiles alone: by its own source, which includes it first (a style
# test looks), or else by the target all_verify_interface_header_sets.
function(zegel_room)
    cmake_parse_arguments(ROOM "" "NAME" "SOURCES;HEADERS;USES" ${ARGN})
    if(ROOM_SOURCES)
        add_library(${ROOM_NAME} STATIC ${ROOM_SOURCES})
        set(scope PUBLIC)
    else()
        add_library(${ROOM_NAME} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_link_libraries(${ROOM_NAME} ${scope} zegel_rules ${ROOM_USES})
    if(ROOM_HEADERS)
        set(sourceless ${ROOM_HEADERS})
        foreach(source ${ROOM_SOURCES})
            string(REGEX REPLACE "\\.cpp$" ".h" header ${source})
            list(REMOVE_ITEM sourceless ${header})
        endforeach()
        target_sources(${ROOM_NAME} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
            FILES ${ROOM_HEADERS})
        if(sourceless)
            target_sources(${ROOM_NAME} ${scope} FILE_SET sourceless TYPE HEADERS
                BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${sourceless})
            set_target_properties(${ROOM_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON
                INTERFACE_HEADER_SETS_TO_VERIFY sourceless)
        endif()
    endif()
endfunction()

# Everything with one label, without the rest: cmake --build --preset dev --target tests-unit.
set(ZEGEL_TEST_LABELS unit vector journey fault pcsc service fuzz style bench)
foreach(label ${ZEGEL_TEST_LABELS})
    add_custom_target(tests-${label})
endforeach()

function(zegel_label target)
    foreach(label ${ARGN})
        if(NOT label IN_LIST ZEGEL_TEST_LABELS)
            message(FATAL_ERROR "${target}: '${label}' is not one of ${ZEGEL_TEST_LABELS}")
        endif()
        add_dependencies(tests-${label} ${target})
    endforeach()
endfunction()

# zegel_tests(NAME <target> LABELS ... SOURCES ... USES ... [TIMEOUT seconds]): GoogleTest cases,
# each its own CTest test. Lives in tests/<label>/<room>/CMakeLists.txt.
function(zegel_tests)
    cmake_parse_arguments(TESTS "SERIAL" "NAME;TIMEOUT" "LABELS;SOURCES;USES;ENVIRONMENT" ${ARGN})
    if(NOT TESTS_TIMEOUT)
        set(TESTS_TIMEOUT 300)
    endif()
    if(ZEGEL_SANITIZE)
        math(EXPR TESTS_TIMEOUT "${TESTS_TIMEOUT} * 4")  # what sanitizers cost
    endif()
    add_executable(${TESTS_NAME} ${TESTS_SOURCES})
    zegel_label(${TESTS_NAME} ${TESTS_LABELS})
    target_link_libraries(${TESTS_NAME} PRIVATE zegel_rules ${TESTS_USES} GTest::gtest_main GTest::gmock)
    if(NOT "bench" IN_LIST TESTS_LABELS)
        target_compile_options(${TESTS_NAME} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)  # they run once
    endif()
    target_compile_definitions(${TESTS_NAME} PRIVATE
        ZEGEL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ZEGEL_BINARY_DIR="${PROJECT_BINARY_DIR}")
    set(properties LABELS "${TESTS_LABELS}" TIMEOUT ${TESTS_TIMEOUT})
    if(TESTS_SERIAL)
        list(APPEND properties RUN_SERIAL ON)
    endif()
    gtest_discover_tests(${TESTS_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 NO_PRETTY_VALUES TEST_PREFIX "${TESTS_NAME}."
        PROPERTIES ${properties})
endfunction()

# zegel_fuzz(NAME <something>_fuzz SOURCES ... USES ... SEEDS <folder>): one LLVMFuzzerTestOneInput.
# With ZEGEL_FUZZ (preset fuzz, clang) it is a libFuzzer program; otherwise a test, label fuzz, that
# feeds it every seed and a fixed number of spoiled seeds.
add_custom_target(fuzzers)
function(zegel_fuzz)
    cmake_parse_arguments(FUZZ "" "NAME;SEEDS" "SOURCES;USES" ${ARGN})
    cmake_path(ABSOLUTE_PATH FUZZ_SEEDS BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    add_executable(${FUZZ_NAME} ${FUZZ_SOURCES})
    target_link_libraries(${FUZZ_NAME} PRIVATE zegel_rules ${FUZZ_USES})
    add_dependencies(fuzzers ${FUZZ_NAME})
    if(ZEGEL_FUZZ)
        target_link_options(${FUZZ_NAME} PRIVATE -fsanitize=fuzzer)
        file(GENERATE OUTPUT ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${FUZZ_NAME}.seeds CONTENT "${FUZZ_SEEDS}\n")
    else()
        target_sources(${FUZZ_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
        zegel_label(${FUZZ_NAME} fuzz)
        add_test(NAME ${FUZZ_NAME} COMMAND ${FUZZ_NAME} ${FUZZ_SEEDS})
        set_tests_properties(${FUZZ_NAME} PROPERTIES LABELS fuzz TIMEOUT 600)
    endif()
endfunction()
