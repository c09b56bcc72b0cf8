#!/bin/sh
# run.sh SOURCE...: fuzzes with libFuzzer under ASan and UBSan: builds the given library sources
# (relative to $srcdir) with clang, then runs every tests/fuzz/fuzz_*.c for FUZZ_SECONDS (default
# 10) from its corpus. Without clang and libFuzzer, the standalone fuzzers that `make check` builds
# run instead, ten times as long. `make check-fuzz` calls it; CPPFLAGS and LIBS are the build's.
set -eu
srcdir=$(cd "$srcdir" && pwd)
builddir=$(cd "$builddir" && pwd)
seconds=${FUZZ_SECONDS-10}
work=$builddir/tests/fuzz/llvm
clang=${CLANG-clang}
flags="-w -std=gnu11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined"
# What stops a fuzzer is reported there; leaving on an error inside a program would be, too.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:allocator_may_return_null=1"

with_libfuzzer() {
    mkdir -p "$work"
    echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' > "$work/try.c"
    "$clang" -fsanitize=fuzzer "$work/try.c" -o "$work/try" 2> /dev/null
}

# clang may have no OpenMP of its own; then the loops run in one thread, and GNU's library answers
# for the functions.
find_openmp() {
    echo '#include <omp.h>' > "$work/try.c"
    if "$clang" -fopenmp -c "$work/try.c" -o "$work/try.o" 2> /dev/null; then
        openmp="-fopenmp"
    else
        mkdir -p "$work/include"
        cp "$(gcc -print-file-name=include/omp.h)" "$work/include/"
        openmp="-I$work/include -Wno-unknown-pragmas"
        openmp_libs="-l:libgomp.so.1"
    fi
}

build_library() {
    objects=
    for source in "$@"; do
        case $source in *.c) ;; *) continue ;; esac
        object=$work/$(echo "${source%.c}" | tr / _).o
        objects="$objects $object"
        [ "$object" -nt "$srcdir/$source" ] ||
            "$clang" $flags -fsanitize=fuzzer-no-link $openmp $CPPFLAGS -I"$srcdir/lib" \
                -c "$srcdir/$source" -o "$object"
    done
}

if ! with_libfuzzer; then
    echo "check-fuzz: no clang with libFuzzer here; the standalone fuzzers run for longer"
    for source in "$srcdir"/tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        echo "== $name"
        srcdir=$srcdir FUZZ_ROUNDS=3000 FUZZ_INPUT="$builddir/tests/fuzz/$name.input" \
            "$builddir/tests/fuzz/$name"
    done
    exit
fi
openmp_libs=
find_openmp
build_library "$@"
for source in "$srcdir"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    "$clang" $flags -fsanitize=fuzzer $openmp $CPPFLAGS -I"$srcdir/lib" -I"$srcdir/tests/fuzz" \
        "$source" $objects -o "$work/$name" $LIBS $openmp_libs
    echo "== $name, $seconds seconds"
    mkdir -p "$work/corpus/$name"
    "$work/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
        -max_len=65536 -print_final_stats=1 -verbosity=0 -artifact_prefix="$work/$name-" \
        "$work/corpus/$name" "$srcdir/tests/fuzz/corpus/${name#fuzz_}" > "$work/$name.log" 2>&1 || {
        cat "$work/$name.log"
        exit 1
    }
    grep -E '^stat::(number_of_executed_units|peak_rss_mb)' "$work/$name.log"
done
echo "check-fuzz: nothing found"
