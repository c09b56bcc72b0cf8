# The settings of a task, for the other scripts: sets test, validation (numbers of samples) and
# options, from $task. SCALE multiplies the steps.
SCALE=${SCALE:-1}
steps_of() {
    awk -v n="$1" -v scale="$SCALE" 'BEGIN { n = int(n * scale); print n < 10 ? 10 : n }'
}
validation=4096 test=16384
case $task in
signed-volume) steps=8192 options="--batch 128 --rate 0.002 --channels 32" ;;
convex-hull) steps=2048 options="--batch 128 --rate 0.001 --channels 32 --layers 4" ;;
o5-regression)
    steps=4096 options="--batch 64 --channels 8 --layers 1 --head-width 580 --head-layers 2" ;;
lorentz)
    steps=4096
    options="--batch 64 --rate 0.002 --channels 16 --layers 1 --head-width 128 --head-layers 2"
    base=1,-1,-1,-1 ;;
nbody)
    steps=16000 validation=2000 test=2000
    options="--batch 24 --rate 0.004 --weight-decay 0.0001 --channels 28 --layers 3" ;;
esac
steps=$(steps_of $steps)
every=$(((steps + 15) / 16))
options="$options --steps $steps --evaluate-every $every"
if [ "${metric:-fixed}" != fixed ]; then
    options="$options --metric $metric${base:+ --metric-base $base}"
elif [ -n "${base-}" ]; then
    options="$options --metric $base"
fi

# figure FILE NAME: a number of a report.
figure() {
    awk -F'[:,]' -v name="\"$2\"" '$1 ~ name { print $2 + 0; exit }' "$1"
}
