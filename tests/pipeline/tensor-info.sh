# tensor-info: statistics against known values, every format, every malformed file of the corpora.
. "$srcdir/tests/pipeline/lib.sh"
corpus=$srcdir/tests/fuzz/corpus
header=name,dtype,shape,min,mean,max,std,nan,inf

# Statistics.
check_output "$header
name,text,2,,,,,,
x,float64,2,1,2,3,1,0,0" sh -c 'printf "name,x\na,1\nb,3\n" | tensor-info'
check_output "$header
,float64,3,1,1,1,0,1,1" sh -c 'printf "1\nnan\n-inf\n" | tensor-info'
check_output "$header
,float64,2,,,,,2,0" sh -c 'printf "nan\nnan\n" | tensor-info -'
check_output "$header" tensor-info /dev/null
check_output '{"metadata": {},
 "records": [{"name": "a", "dtype": "text", "shape": [1]},
  {"name": "b", "dtype": "float64", "shape": [1], "min": 2, "mean": 2, "max": 2, "std": 0, "nan": 0, "inf": 0}]}' \
    sh -c 'printf "a,b\nx,2\n" | tensor-info -f json'

# Formats.
check_output "$header
,float32,4,1.5,1.5,1.5,0,1,2" tensor-info "$corpus/npy/nan-inf.npy"
check_output "$header
,float64,scalar,2.5,2.5,2.5,0,0,0" tensor-info "$corpus/npy/scalar-big.npy"
check_output "$header
,int16,2x3x4,0,11.5,23,6.922186552431729,0,0" tensor-info "$corpus/npy/fortran-3d.npy"
check_output "$header
,float32,0x3,,,,,0,0" tensor-info "$corpus/npy/empty-2d.npy"
check_output "$header
,uint8,2x3,49,51.5,54,1.707825127659933,0,0" tensor-info "$corpus/idx/bytes.idx"
check_output "$header
,uint16,1x2,258,515,772,257,0,0" tensor-info "$corpus/image/grey-16.png"
check_output "$header
,uint8,1x2x3,1,3.5,6,1.707825127659933,0,0" tensor-info "$corpus/image/palette.png"
check_output "$header
a,float32,2x3,0,2.5,5,1.707825127659933,0,0
b,int64,3,0,1,2,0.816496580927726,0,0" tensor-info "$corpus/npz/stored.npz"
check_output "$header
step,float64,2,1,1.5,2,0.5,0,0
loss,float64,2,0.5,0.5,0.5,0,1,0" tensor-info "$corpus/json/lines.json"
check_output "$header
,float64,2x2x2,1,4.5,8,2.29128784747792,0,0" tensor-info "$corpus/json/nested.json"
check_output "$header
a,float32,2,0,0,0,0,0,0" tensor-info "$corpus/safetensors/metadata.safetensors"
check_output 'key,value
model,x
note,"two
lines, ""q"""' tensor-info --metadata "$corpus/safetensors/metadata.safetensors"
check_output '{"metadata": {"model": "x",
  "note": "two\nlines, \"q\""},
 "records": [{"name": "a", "dtype": "float32", "shape": [2], "min": 0, "mean": 0, "max": 0, "std": 0, "nan": 0, "inf": 0}]}' \
    tensor-info -f json "$corpus/safetensors/metadata.safetensors"

# Streams of many records, and a named output that is there only when all went well.
check "twenty thousand records" sh -c '
    i=0; tensor-convert "$1" -f npy > one.npy
    while [ $i -lt 1000 ]; do cat one.npy; i=$((i + 1)); done > thousand.npy
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do cat thousand.npy; done |
        tensor-info | wc -l | grep -q "^ *20001$"' - "$corpus/npy/little-f4.npy"
check_fails 65 'record 2: no NPY signature' tensor-info "$corpus/npy/bad-magic-of-second.npy" -o out
check "nothing is left of a failure" sh -c '! ls out* 2> /dev/null'

# The same as numpy has it.
if have_numpy; then
    check "statistics agree with numpy" "$PYTHON" - "$corpus" << 'PYTHON'
import csv, glob, io, subprocess, sys
import numpy as np
for name in glob.glob(sys.argv[1] + "/npy/*.npy"):
    if "/bad-" in name:
        continue
    table = csv.DictReader(io.StringIO(subprocess.check_output(["tensor-info", name], text=True)))
    with open(name, "rb") as file:
        for row in table:
            array = np.lib.format.read_array(file)
            assert row["dtype"] == array.dtype.newbyteorder("=").name, name
            assert row["shape"] == ("x".join(map(str, array.shape)) or "scalar"), name
            finite = array.astype(float)[np.isfinite(array.astype(float))]
            if finite.size == 0:
                assert row["min"] == "", name
                continue
            for key in "min", "mean", "max", "std":
                assert np.isclose(float(row[key]), getattr(finite, key)(), rtol=1e-12), (name, key)
PYTHON
fi

# Every malformed file is refused, with its name; every odd one is not.
for file in "$corpus"/npy/* "$corpus"/npz/* "$corpus"/table/* "$corpus"/json/* "$corpus"/idx/* \
    "$corpus"/image/* "$corpus"/safetensors/*; do
    case ${file##*/} in
    bad-*)
        check_fails 65 "${file##*/}" tensor-info "$file"
        check_fails 65 "standard input" tensor-info < "$file"
        ;;
    *) check "$file" tensor-info "$file" > /dev/null ;;
    esac
done

# The name of the file comes first, also where one of its tensors is cut.
{ printf '\070\0\0\0\0\0\0\0'
    printf '%-56s' '{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
    printf abc; } > cut.safetensors
check_fails 65 "tensor-info: cut.safetensors: truncated; expected 1 more bytes of tensor 'w'" \
    tensor-info cut.safetensors

# Wrong usage, no input.
check_fails 64 "'npy' is not one of csv, json" tensor-info -f npy "$corpus/npy/empty.npy"
check_fails 64 'unexpected operand' tensor-info a b
check_fails 66 'nowhere.npy: cannot open: No such file' tensor-info nowhere.npy
check_fails 66 'is a folder' tensor-info .
check_fails 73 'nowhere/out.csv' tensor-info "$corpus/npy/empty.npy" -o nowhere/out.csv
if [ -e /dev/full ]; then
    check "a full disk" sh -c 'tensor-info "$1" > /dev/full; [ $? -eq 74 ]' - \
        "$corpus/npy/empty.npy"
fi
run_examples tensor-info
finish
