# Leaves of a neural pathway trained by engines that know nothing of them, while things break:
# workers killed at random, the coordinator killed, hosts that go and come back, a host that is
# dead, a disk that is full. At the end every leaf is there, with the bytes that one process gives.
#
# Hosts are network namespaces of this machine, which GNU parallel enters by a command in place of
# ssh; where they cannot be made (without root), those parts are left out.
. "$srcdir/tests/pipeline/lib.sh"

[ "${SANITIZERS-}" != yes ] || skip "jobs are long under sanitizers"
[ "${ENGINES-}" = yes ] ||
    skip "engines that want root, hosts and daemons are tried by 'make check-engines'"
command -v parallel > /dev/null || skip "there is no GNU parallel"
parallel --version 2> /dev/null | grep -q GNU || skip "parallel is not GNU's"
OMP_NUM_THREADS=1
export OMP_NUM_THREADS
mkdir home && HOME=$PWD/home && export HOME # parallel keeps files there

awk 'BEGIN { print "x,y"; for (i = 0; i < 2400; i++) { x = (i * 7919 % 2400) / 2400
    printf "%.5f,%.5f\n", x, x * 4 % 1 < 0.5 ? x * x : -exp(-x) } }' > rows.csv
pathway-route --leaves 16 --target y --out model rows.csv
pathway-seed -q --load model --hidden 16 --epochs 5 rows.csv
training="--epochs 400 --patience 400"
leaves=16

check "serial" pathway-fit -q --all model $training --threads 1
mkdir kept && mv model/leaf-* kept

fresh() { rm -rf model/leaf-* log; }
# Every leaf is there, done, and as one process made it.
complete() {
    pathway-status --load model $training > states || { cat states >&2; return 1; }
    for leaf in kept/*; do cmp "$leaf" "model/${leaf##*/}" || return 1; done
    [ "$(ls model/leaf-????.safetensors | wc -l)" -eq "$leaves" ]
}
some_leaves() { [ "$(ls model/leaf-????.safetensors 2> /dev/null | wc -l)" -ge 3 ]; }
jobs() { pathway-plan --load model --jobs lines $training; }
# Our own workers: those whose command names this folder.
workers() { pgrep -f "pathway-fit --quiet --cell $PWD/model/" || :; }

check "make -j 2" sh -c "pathway-plan --load model --jobs make $training | make -s -k -j 2 -f -"
check "make: complete" complete
fresh
check "parallel on one host" sh -c "pathway-plan --load model --jobs lines $training |
    parallel -j 2"
check "parallel on one host: complete" complete
check "nothing is left to do" sh -c "pathway-plan --load model --jobs lines $training |
    parallel -j 2"

# A worker killed at 20 different moments leaves no leaf that is not whole,
# and nothing that matters.
fresh
n=0
while [ $n -lt 20 ]; do
    number=$(printf '%04d' $((n % leaves)))
    pathway-fit --quiet --cell "$PWD/model/cell-$number.csv" $training \
        -o "$PWD/model/leaf-$number.safetensors" &
    worker=$!
    sleep "0.0$((n * 37 % 97))"
    kill -9 $worker 2> /dev/null
    wait $worker 2> /dev/null
    n=$((n + 1))
done
check "what there is, is whole" sh -c "! pathway-status --load model $training |
    grep -E ',(stale|damaged),'"

# The same while parallel runs: 20 of its workers are killed, and their jobs tried again.
kill_workers() {
    killed=0 quiet=0
    while [ $killed -lt 20 ] && [ $quiet -lt 300 ]; do
        worker=$(workers | head -n 1)
        if [ -n "$worker" ] && kill -9 "$worker" 2> /dev/null; then
            killed=$((killed + 1)) quiet=0
        else
            quiet=$((quiet + 1))
        fi
    done
    echo $killed > killed
}
fresh
kill_workers &
killer=$!
check "workers are killed" sh -c "pathway-plan --load model --jobs lines $training |
    parallel -j 2 --retries 25"
wait $killer
echo "$(cat killed) workers were killed while parallel ran" >&3
check "workers are killed: complete" complete

# The coordinator is killed, and the same command goes on.
fresh
jobs > lines
parallel -j 2 --joblog log < lines 2> /dev/null &
coordinator=$!
check "some leaves are there" wait_until 1200 some_leaves
kill -9 $coordinator
wait $coordinator 2> /dev/null
check "not everything was done" sh -c "! pathway-status --load model $training > /dev/null"
check "the coordinator is killed" sh -c \
    "pathway-plan --load model --jobs lines $training | parallel -j 2 --joblog log --resume-failed"
check "the orphans end" wait_until 1200 \
    sh -c "! pgrep -f 'pathway-fit --quiet --cell $PWD/[m]odel/'"
check "the coordinator is killed: complete" complete

# A full disk: no leaf, a message, and the job can be run again.
fresh
check_fails 74 'cannot write' sh -c "ulimit -f 1; exec pathway-fit -q --cell model/cell-0001.csv \
    $training -o model/leaf-0001.safetensors"
check "no half leaf" sh -c '! ls model/leaf-*'
small=$PWD/small
mkdir small
if mount -t tmpfs -o size=512k tmpfs "$small" 2> /dev/null; then
    cp -r model/. small
    dd if=/dev/zero of=small/filler bs=1k count=1000 2> /dev/null
    check "a disk that is full" sh -c "! pathway-fit -q --all small $training 2> said &&
        grep -q 'No space left' said"
    check "no half leaf on it" sh -c '! ls small/leaf-*'
    rm small/filler
    check "with room again" pathway-fit -q --all small $training
    check "with room: the same bytes" sh -c 'for leaf in kept/*; do
        cmp $leaf small/${leaf##*/} || exit 1; done'
    umount "$small"
else
    say "left out, since no file system can be mounted: a disk that is really full"
fi

# Hosts.
one=pwa$$ two=pwb$$
if ! ip netns add $one 2> /dev/null || ! ip netns exec $one true 2> /dev/null; then
    say "left out, since no network namespaces can be made: jobs on several hosts"
    finish
fi
ip netns add $two
trap 'for space in $one $two; do ip netns del $space 2> /dev/null; done; cd /; rm -rf "$scratch"' \
    EXIT
cat > ssh << 'EOF_SSH'
#!/bin/sh
# Enters a network namespace in place of a host: ssh [OPTION]... HOST [--] COMMAND...
while [ "${1#-}" != "$1" ]; do shift; done
host=$1
shift
[ "${1-}" != -- ] || shift
ip netns exec "$host" true 2> /dev/null || exit 255
exec ip netns exec "$host" sh -c "$*"
EOF_SSH
chmod +x ssh
train_on_hosts() { # OPTION...: of parallel
    pathway-plan --load model --jobs lines $training |
        parallel --ssh "$PWD/ssh" --sshloginfile hosts --joblog log "$@"
}

fresh
printf '1/%s\n1/%s\n' $one $two > hosts
check "two hosts" train_on_hosts --retries 5
check "two hosts: complete" complete
check "both worked" sh -c "grep -q '$one' log && grep -q '$two' log"

# A host is killed in mid-run, taken out of the file, and comes back.
fresh
train_on_hosts --retries 30 > /dev/null 2>&1 &
run=$!
check "some leaves are there" wait_until 1200 some_leaves
ip netns pids $two | xargs -r kill -9 2> /dev/null
ip netns del $two
printf '1/%s\n' $one > hosts
sleep 1
ip netns add $two
printf '1/%s\n1/%s\n' $one $two > hosts
wait $run
check_output 0 echo $?
check "a host that went and came: complete" complete

# A dead host stays in the file; there are more retries than hosts.
fresh
ip netns del $two
check "a dead host" train_on_hosts --retries 40
check "a dead host: complete" complete

# The ready script, over what is damaged and missing.
printf x | dd of=model/leaf-0003.safetensors bs=1 seek=1500 conv=notrunc 2> /dev/null
rm model/leaf-0004.safetensors
printf '2/%s\n' $one > hosts
check "the pipeline" env SSH="$PWD/ssh" sh "$srcdir/share/pipelines/pathway-parallel.sh" model \
    hosts $training
check "the pipeline: complete" complete
finish
