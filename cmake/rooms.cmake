# zegel_room(NAME <target> SOURCES ... HEADERS ... USES ...): one folder of the house as a static
# library. Every header of a room compiles alone (target all_verify_interface_header_sets).
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
        target_sources(${ROOM_NAME} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
            FILES ${ROOM_HEADERS})
        set_target_properties(${ROOM_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    endif()
endfunction()

# zegel_tests(NAME <target> LABELS ... SOURCES ... USES ... [TIMEOUT seconds]): GoogleTest cases,
# each its own CTest test. Lives in tests/<label>/<room>/CMakeLists.txt.
function(zegel_tests)
    cmake_parse_arguments(TESTS "SERIAL" "NAME;TIMEOUT" "LABELS;SOURCES;USES;ENVIRONMENT" ${ARGN})
    if(NOT TESTS_TIMEOUT)
        set(TESTS_TIMEOUT 60)
    endif()
    add_executable(${TESTS_NAME} ${TESTS_SOURCES})
    target_link_libraries(${TESTS_NAME} PRIVATE zegel_rules ${TESTS_USES} GTest::gtest_main GTest::gmock)
    target_compile_definitions(${TESTS_NAME} PRIVATE
        ZEGEL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ZEGEL_BINARY_DIR="${PROJECT_BINARY_DIR}")
    set(properties LABELS "${TESTS_LABELS}" TIMEOUT ${TESTS_TIMEOUT})
    if(TESTS_SERIAL)
        list(APPEND properties RUN_SERIAL ON)
    endif()
    gtest_discover_tests(${TESTS_NAME} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${TESTS_NAME}."
        PROPERTIES ${properties})
endfunction()
