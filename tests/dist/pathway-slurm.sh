# The array that pathway-plan writes for Slurm, run by a Slurm of one machine that is started for
# it; left out where slurmctld and slurmd are not there or cannot be started.
. "$srcdir/tests/pipeline/lib.sh"

[ "${SANITIZERS-}" != yes ] || skip "jobs are long under sanitizers"
[ "${ENGINES-}" = yes ] ||
    skip "engines that want root, hosts and daemons are tried by 'make check-engines'"
PATH=$PATH:/usr/sbin
for program in slurmctld slurmd sbatch sinfo; do
    command -v $program > /dev/null || skip "there is no $program"
done
[ "$(id -u)" -eq 0 ] || skip "slurmd wants to be root"
host=$(hostname -s)
mkdir state spool
port=$((20000 + $$ % 10000))
cat > slurm.conf << EOF_CONF
ClusterName=tesserae
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$PWD/state
SlurmdSpoolDir=$PWD/spool
SlurmctldPidFile=$PWD/slurmctld.pid
SlurmdPidFile=$PWD/slurmd.pid
SlurmctldLogFile=$PWD/slurmctld.log
SlurmdLogFile=$PWD/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF_CONF
SLURM_CONF=$PWD/slurm.conf
export SLURM_CONF
slurmctld -D > ctld.out 2>&1 &
controller=$!
slurmd -D -N "$host" > slurmd.out 2>&1 &
daemon=$!
trap 'kill $daemon $controller 2> /dev/null; wait $daemon $controller 2> /dev/null
    cd /; rm -rf "$scratch"' EXIT
if ! wait_until 300 sh -c 'sinfo -h -o %t | grep -q idle'; then
    tail -n 5 slurmctld.log slurmd.log ctld.out slurmd.out >&3 2> /dev/null
    skip "Slurm cannot be started here"
fi

awk 'BEGIN { print "x,y"; for (i = 0; i < 900; i++) print i / 900 "," sin(i / 60) }' > rows.csv
pathway-route --leaves 6 --target y --out model rows.csv
pathway-seed -q --load model --hidden 5 --epochs 3 rows.csv
pathway-fit -q --all model --epochs 5
mkdir kept && mv model/leaf-* kept
check "sbatch finds nothing wrong with the script" sh -c \
    'pathway-plan --load model --jobs slurm --chunk 2 --epochs 5 | sbatch --test-only'
check "an array" env CHUNK=2 sh "$srcdir/share/pipelines/pathway-slurm.sh" model --epochs 5
check "all leaves are done" pathway-status --load model --epochs 5
check "the same bytes" sh -c 'for leaf in kept/*; do cmp $leaf model/${leaf##*/} || exit 1; done'
finish
