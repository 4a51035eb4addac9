// Fontconfig keeps what it read of typefaces until the process ends, which is no leak of ours.
// The name is the leak detector's, in programs built with it; elsewhere nobody calls it.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions();

// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}
