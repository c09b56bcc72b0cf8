. "$srcdir/tests/pipeline/lib.sh"

# Shapes of the five records of a block, in their order.
shapes() {
    clifford-make "$@" --count 7 | tensor-info |
        awk -F, 'NR > 1 { printf "%s%s", sep, $3; sep = " " }'
}
check_output '7x0 7x3x3 7x0 7x0x3 7x1' shapes signed-volume
check_output '7x0 7x5x5 7x0 7x0x5 7x1' shapes signed-volume --dim 5
check_output '7x0 7x16x5 7x1 7x0x5 7x0' shapes convex-hull
check_output '7x0 7x9x3 7x1 7x0x3 7x0' shapes convex-hull --dim 3 --points 9
check_output '7x0 7x2x5 7x1 7x0x5 7x0' shapes o5-regression
check_output '7x5x1 7x5x2x3 7x5x0 7x5x1x3 7x5x0' shapes nbody
check_output '7x3x1 7x3x2x3 7x3x0 7x3x1x3 7x3x0' shapes nbody --points 3 --from 0 --to 2
check_output '7x0 7x5x4 7x1 7x0x4 7x0' shapes lorentz
check_output '4x0 4x3x3 4x0 4x0x3 4x1 3x0 3x3x3 3x0 3x0x3 3x1' shapes signed-volume --block 4

# The same seed is the same bytes, whatever the threads; blocks cut the same samples differently.
for kind in signed-volume convex-hull o5-regression nbody lorentz; do
    clifford-make $kind --count 40 --seed 7 --threads 1 -o first
    clifford-make $kind --count 40 --seed 7 --threads 2 -o second
    clifford-make $kind --count 40 --seed 8 -o third
    check "$kind repeats itself" cmp first second
    check "$kind follows the seed" sh -c '! cmp -s first third'
done

# A hidden map is the same for other seeds; what is wrong with one is told.
clifford-make signed-volume --hidden-map 3 --seed 1 --true-metric one.npy -o out
clifford-make signed-volume --hidden-map 3 --seed 2 --true-metric two.npy -o out
clifford-make signed-volume --hidden-map 4 --true-metric other.npy -o out
check "the map follows its own seed" cmp one.npy two.npy
check "another map" sh -c '! cmp -s one.npy other.npy'
printf '2,0\n0,1\n' > map.csv
clifford-make signed-volume --dim 2 --map map.csv --true-metric metric.npy -o out
check_output '0.25,0
0,1' tensor-convert metric.npy -f csv
check "metric of jets" sh -c 'clifford-make lorentz --true-metric metric.npy -o out
    [ "$(tensor-convert metric.npy -f csv | head -n 2 | tr "\n" " ")" = "1,0,0,0 0,-1,0,0 " ]'
check "report" sh -c 'clifford-make o5-regression --count 20000 --report - -o out |
    awk -F"[:,]" "/target_mean/ { m = \$2 } /target_std/ { s = \$2 } /\"points\"/ { p = \$2 }
        END { exit !(m * m < 0.001 && s > 0.97 && s < 1.03 && p == 2) }"'
printf '1,2\n2,4\n' > singular.csv
check_fails 65 'singular.csv: the map is singular' \
    clifford-make signed-volume --dim 2 --map singular.csv
check_fails 65 'map.csv: not a matrix of 3 x 3' clifford-make signed-volume --map map.csv
printf '1,2\n2,nan\n' > nan.csv
check_fails 65 'nan.csv' clifford-make signed-volume --dim 2 --map nan.csv
check_fails 66 'nowhere' clifford-make signed-volume --map nowhere
check_fails 64 'exclude each other' clifford-make signed-volume --map map.csv --hidden-map 1

check_fails 64 "unknown kind 'cube'; expected signed-volume" clifford-make cube
check_fails 64 'signed-volume does not take --points' clifford-make signed-volume --points 4
check_fails 64 'nbody does not take --dim' clifford-make nbody --dim 4
check_fails 64 'lorentz does not take --from' clifford-make lorentz --from 4
check_fails 64 'convex-hull of 4 points in 5 dimensions; expected 6 to 64' \
    clifford-make convex-hull --points 4
check_fails 64 'frame 10 does not come after frame 20' clifford-make nbody --from 20 --to 10
check_fails 64 'dim' clifford-make signed-volume --dim 7
check_fails 64 'count' clifford-make signed-volume --count 0
check_fails 64 'KIND|operand|argument' clifford-make

# Against scipy's hulls and numpy's determinants, on the bytes that are written.
if "$PYTHON" -c 'import numpy' 2> /dev/null; then
    clifford-make signed-volume --count 50 --block 20 -o volumes
    check "numpy reads the stream" "$PYTHON" -c '
import numpy as np
from numpy.lib.format import read_array
with open("volumes", "rb") as file:
    blocks = [[read_array(file) for _ in range(5)] for _ in range(3)]
    assert file.read() == b""
for scalars, vectors, a, b, c in blocks:
    assert scalars.shape[1] == a.shape[1] == b.shape[1] == 0
    assert np.allclose(np.linalg.det(vectors.astype(float)) / 10, c[:, 0], atol=1e-6)
assert [len(block[0]) for block in blocks] == [20, 20, 10]'
fi
if "$PYTHON" -c 'import scipy.spatial' 2> /dev/null; then
    clifford-make convex-hull --count 30 -o hulls
    check "scipy has the same hulls" "$PYTHON" -c '
import numpy as np
from numpy.lib.format import read_array
from scipy.spatial import ConvexHull
with open("hulls", "rb") as file:
    _, points, volumes, _, _ = [read_array(file) for _ in range(5)]
for p, v in zip(points, volumes):
    assert abs(ConvexHull(p.astype(float)).volume - v[0]) < 1e-5 * v[0]'
fi

run_examples clifford-make
finish
