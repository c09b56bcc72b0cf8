# A small real job for every program, one a line, each ending in "-o out"; $inputs is the folder of
# the files that make_inputs has made. No job may take more than a few hundredths of a second.
make_inputs() {
    mkdir -p "$inputs"
}

list_jobs() {
    cat << JOBS
JOBS
}
