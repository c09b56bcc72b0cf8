# plot.sh LOG PICTURE: the eigenvalues of a learned metric during training.
set -eu
tensor-convert -f csv "$1" | tensor-plot --kind lines -x step \
    -y eigenvalue_1,eigenvalue_2,eigenvalue_3,eigenvalue_4,eigenvalue_5 -o "$2"
