. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
clifford-make signed-volume --count 300 --seed 1 -o volumes
clifford-make signed-volume --count 50 --block 20 --seed 2 -o test
clifford-make nbody --count 20 -o bodies
clifford-fit -q --steps 50 --channels 4 volumes -o model
clifford-fit -q --steps 3 --channels 2 --layers 1 bodies -o body-model

check_output 50x1 sh -c 'clifford-predict --load model test | tensor-info |
    awk -F, "NR > 1 { print \$3 }"'
check_output 20x5x1x3 sh -c 'clifford-predict --load body-model bodies | tensor-info |
    awk -F, "NR > 1 { print \$3 }"'
check "blocks change nothing" sh -c 'clifford-make signed-volume --count 50 --seed 2 |
    clifford-predict --load model -o whole && clifford-predict --load model test | cmp - whole'
check "threads" sh -c 'clifford-predict --threads 2 --load body-model bodies > two
    clifford-predict --threads 1 --load body-model bodies | cmp - two'
check "report" clifford-predict --load model --report r.json test -o out
check "samples" grep -q '"samples":[[:space:]]*50' r.json
check "errors" grep -q '"test_mse_pseudoscalars"' r.json

if "$PYTHON" -c 'import numpy' 2> /dev/null; then
    cat > compare.py << 'END'
import json
import numpy as np
from numpy.lib.format import read_array, write_array
with open("test", "rb") as file:
    blocks = [[read_array(file) for _ in range(5)] for _ in range(3)]
truth = np.concatenate([block[4] for block in blocks])
predicted = np.load("out")
mse = json.load(open("r.json"))["metrics"]["test_mse"]
assert abs(np.mean((predicted.astype(float) - truth) ** 2) - mse) < 1e-6 * mse, mse
with open("bare", "wb") as file:
    for record in blocks[0][:4]:
        write_array(file, record)
    write_array(file, np.zeros((20, 0), dtype=np.float32))
with open("half", "wb") as file:
    for record in blocks[1] + blocks[0][:4]:
        write_array(file, record)
    write_array(file, np.zeros((20, 0), dtype=np.float32))
END
    check "test_mse is numpy's" "$PYTHON" compare.py
    check "without targets" clifford-predict --load model --report r.json bare -o out
    check "no errors then" sh -c '! grep -q test_mse r.json'
    check_fails 65 'half: blocks of different shapes' clifford-predict --load model half
fi

check_fails 64 'expected --load MODEL' clifford-predict test
check_fails 65 'bodies: samples of 5 nodes.*the model expects' clifford-predict --load model bodies
check_fails 65 'no samples' clifford-predict --load model /dev/null
check_fails 66 'nowhere' clifford-predict --load nowhere test
check_fails 66 'nowhere' clifford-predict --load model nowhere
check_fails 65 'test' clifford-predict --load test test
head -c 3000 model > cut
check_fails 65 'cut' clifford-predict --load cut test
graph-make cycle --nodes 5 | graph-embed -q --dim 2 --steps 2 --model other -o points.csv
check_fails 65 'other: .*graph-embed|other: not a model of clifford-fit' \
    clifford-predict --load other test

run_examples clifford-predict
finish
