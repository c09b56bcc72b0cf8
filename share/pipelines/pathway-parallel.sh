# Trains the leaves of a model on several hosts, by GNU parallel over ssh:
#
#     sh pathway-parallel.sh MODEL HOSTS [OPTION OF pathway-fit]...
#
# HOSTS is a file of lines "SLOTS/HOST", read again while jobs run, so that hosts may be added
# and taken out. MODEL is a folder of pathway-route with its seed, which all hosts must see
# under the same name. Run it again to go on after an interruption. SSH is the command to reach
# a host (default: ssh), and RETRIES how often a job is tried elsewhere (default: 5; more than
# there may be dead hosts).
set -eu
model=$1 hosts=$2
shift 2
pathway-plan --load "$model" --jobs lines "$@" |
    parallel --ssh "${SSH:-ssh}" --sshloginfile "$hosts" --retries "${RETRIES:-5}" || :
pathway-status --load "$model" --unfinished "$@" | sed 1d
pathway-status --load "$model" "$@" > /dev/null
