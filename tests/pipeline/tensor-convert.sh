# tensor-convert: every format to every other, selections, shapes, what does not go.
. "$srcdir/tests/pipeline/lib.sh"
corpus=$srcdir/tests/fuzz/corpus

cat > table.csv << 'CSV'
name,x,y
"a, b",1,2.5
c,3,-4e-7
CSV

# Tables.
check_output 'name,x,y
"a, b",1,2.5
c,3,-4e-7' tensor-convert table.csv
check_output '[{"name":"a, b","x":1,"y":2.5},
{"name":"c","x":3,"y":-4e-7}]' tensor-convert -f json table.csv
check "JSON and back" sh -c 'tensor-convert -f json table.csv | tensor-convert | cmp - table.csv'
check_output 'y,name
2.5,"a, b"
-4e-7,c' tensor-convert --columns y,1 table.csv
check_output 'x,y
3,-4e-7' tensor-convert --columns 2-3 --rows=-1: table.csv
check_output 'x,y' tensor-convert --columns x,y --rows 1:1 table.csv
check_output 'u,v
1,2.5
3,-4e-7' tensor-convert --columns 2-3 --header u,v table.csv
check_output '1,2.5
3,-4e-7' tensor-convert --columns 2-3 --no-header table.csv
check_output 'x,y
1,2
3,0' tensor-convert --columns 2-3 --dtype int32 -f csv table.csv
check_output '1,3
2.5,-4e-7' sh -c 'tensor-convert --columns 2-3 --transpose table.csv | tensor-convert -f csv'
check_output '1,2
3,4' sh -c 'printf "1,2\n3,4\n" | tensor-convert'
check_output '3,4' sh -c 'printf "1,2\n3,4\n" | tensor-convert --first-line header --no-header'
check_output '1,nan' sh -c 'printf "1,\n" | tensor-convert --allow-missing'
check_output '' tensor-convert /dev/null

check_fails 65 "table.csv:2: column 1 \('name'\) is text \('a, b'\); expected numbers" \
    tensor-convert -f npy table.csv
check_fails 65 "no column 'z'; expected a name in the header, or 1 to 3" \
    tensor-convert --columns x,z table.csv
check_fails 65 "no column '4'" tensor-convert --columns 4 table.csv
check_fails 65 "no column '0'" tensor-convert --columns 0 table.csv
check_fails 65 "2 names for 3 columns" tensor-convert --header a,b table.csv
check_fails 65 'standard input:2: column 2 .* is empty' sh -c \
    'printf "a,b\n1,\n" | tensor-convert -f npy'
check_fails 65 'standard input:1: column 1 is not finite' sh -c 'echo inf | tensor-convert -f npy'
check_fails 65 'standard input:1: column 2 is not finite' sh -c \
    'echo 1,nan | tensor-convert'

# Arrays.
check_output '1,2,3
4,5,100' tensor-convert -f csv "$corpus/npy/big-f2.npy"
check_output '1,4
2,5
3,100' sh -c 'tensor-convert --transpose "$1" | tensor-convert -f csv' - "$corpus/npy/big-i4.npy"
check_output '3,1
100,4' tensor-convert --columns 3,1 -f csv "$corpus/npy/byte-u1.npy"
check_output '1
2
3
4
5
100' tensor-convert --reshape 6 -f csv "$corpus/npy/big-u8.npy"
check_output '[[1,2],
[3,4],
[5,100]]' tensor-convert --reshape=-1x2 -f json "$corpus/npy/little-i2.npy"
check_output '[null,null,null,1.5]' tensor-convert -f json "$corpus/npy/nan-inf.npy"
check_output '[[[0,1,2,3],
[4,5,6,7],
[8,9,10,11]]]' tensor-convert --rows :1 -f json "$corpus/npy/fortran-3d.npy"
check_output '18446744073709551615
9007199254740993' sh -c '
    printf "\223NUMPY\1\0\66\0{\"descr\":\"<u8\",\"fortran_order\":False,\"shape\":(2,)}   \n" \
        > big.npy
    printf "\377\377\377\377\377\377\377\377\1\0\0\0\0\0\40\0" >> big.npy
    tensor-convert -f csv big.npy'
check_fails 65 'element 5, 100, does not fit in bool|6 elements do not fit' \
    tensor-convert --reshape 4 "$corpus/npy/big-f4.npy"
check_fails 65 'element 0, -5, does not fit in uint8' \
    tensor-convert --dtype uint8 "$corpus/idx/shorts.idx"
check_fails 65 'has no columns' tensor-convert --columns 1 "$corpus/npy/fortran-3d.npy"
check_fails 65 'no rows' tensor-convert --rows 0:1 "$corpus/npy/scalar.npy"

# Streams of several records.
check_output '[[0,1,2],
[3,4,5]]
[0,1,2]' tensor-convert -f json "$corpus/npz/stored.npz"
check_output '0,1,2
3,4,5

0
1
2' tensor-convert -f csv "$corpus/npz/stored.npz"
check "NPZ, NPY and NPZ again" sh -c '
    tensor-convert "$1" | tensor-convert -o again.npz && tensor-info again.npz > again &&
    tensor-info "$1" | sed "s/^a,/arr_0,/; s/^b,/arr_1,/" | cmp - again' - "$corpus/npz/stored.npz"
check_fails 65 'the format holds one array' tensor-convert "$corpus/npz/stored.npz" -o two.idx
check "nothing is left of a failure" sh -c '! ls two.idx* 2> /dev/null'

# IDX and PNG.
for name in bytes signed shorts ints floats empty; do
    check "IDX $name comes back" sh -c 'tensor-convert "$1" | tensor-convert -o again.idx &&
        cmp "$1" again.idx' - "$corpus/idx/$name.idx"
done
check_fails 65 'IDX has no int64' sh -c 'tensor-convert --dtype int64 "$1" -o x.idx' - \
    "$corpus/idx/ints.idx"
check_fails 65 'IDX has no scalars' tensor-convert "$corpus/npy/scalar-big.npy" -o x.idx
for name in grey grey-16 grey-1 grey-alpha rgb rgba-16 palette palette-alpha; do
    check "PNG $name comes back" sh -c '
        tensor-convert "$1" > image.npy && tensor-convert image.npy -o image.png &&
        tensor-convert image.png | cmp - image.npy' - "$corpus/image/$name.png"
done
check_output '[[0,128,255]]' sh -c '
    echo "[[1, 1.5, 2]]" | tensor-convert --scale -o scaled.png &&
        tensor-convert -f json scaled.png'
check_output '[[0,0,255]]' sh -c '
    echo "[[-1, null, 9]]" | tensor-convert --scale=0:1 -o scaled.png &&
    tensor-convert -f json scaled.png'
printf 'a,b,a\n1,2,3\n' > twice.csv
check_output 'a,b,a
1,2,3' tensor-convert -f csv twice.csv
check_fails 65 "two columns are named 'a'" tensor-convert -f json twice.csv
check_output '[[1,2,3]]' tensor-convert -f json --no-header twice.csv
check_fails 65 'a PNG cannot hold the array' sh -c 'echo "[[1]]" | tensor-convert -o x.png'
check_fails 65 'the input is empty' tensor-convert /dev/null -o x.png

# The same bytes, and what numpy makes of them.
if have_numpy; then
    check "round trips with numpy" "$PYTHON" << 'PYTHON'
import io, json, subprocess
import numpy as np

def run(*arguments, stdin=None):
    return subprocess.run(["tensor-convert", *arguments], input=stdin, check=True,
                          stdout=subprocess.PIPE).stdout

def record(array, **how):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **how)
    return file.getvalue()

rng = np.random.default_rng(1)
arrays = [rng.normal(size=shape).astype(dtype) for shape in [(), (5,), (3, 4), (2, 3, 4), (0, 3)]
          for dtype in ["f2", "f4", "f8", ">f4", "i1", "<i2", ">i4", "i8", "?"]]
arrays += [np.asfortranarray(array) for array in arrays if array.ndim > 1]
for array in arrays:
    back = np.lib.format.read_array(io.BytesIO(run(stdin=record(array))))
    assert back.dtype == array.dtype.newbyteorder("=") and back.shape == array.shape
    assert np.array_equal(back, array)
    values = np.array(json.loads(run("-f", "json", stdin=record(array))))
    assert np.array_equal(values.astype(array.dtype).reshape(array.shape), array)
    if array.ndim == 2 and array.size:
        text = io.BytesIO(run("-f", "csv", stdin=record(array)))
        assert np.array_equal(np.loadtxt(text, delimiter=",", ndmin=2).astype(array.dtype), array)

stream = b"".join(record(array) for array in arrays)
back = io.BytesIO(run(stdin=stream))
for array in arrays:
    assert np.array_equal(np.lib.format.read_array(back), array)
assert back.read() == b""

for save in np.savez, np.savez_compressed:
    save("numpy.npz", first=arrays[4], second=np.arange(10))
    run("numpy.npz", "-o", "ours.npz")
    with np.load("ours.npz") as ours, np.load("numpy.npz") as theirs:
        assert ours.files == theirs.files
        assert all(np.array_equal(ours[name], theirs[name]) for name in theirs.files)

table = rng.normal(size=(1000, 7)) * 10.0 ** rng.integers(-20, 20, size=(1000, 7))
np.savetxt("numpy.csv", table, delimiter=",")
assert np.array_equal(np.load(io.BytesIO(run("numpy.csv", "-f", "npy"))), table)
assert np.array_equal(np.loadtxt(io.BytesIO(run("numpy.csv")), delimiter=","), table)
PYTHON
fi

# Every malformed file is refused, and leaves no file; every odd one is taken.
for file in "$corpus"/npy/* "$corpus"/npz/* "$corpus"/table/* "$corpus"/json/* "$corpus"/idx/* \
    "$corpus"/image/* "$corpus"/safetensors/*; do
    case ${file##*/} in
    bad-*) check_fails 65 "${file##*/}" tensor-convert --allow-missing "$file" -o out.json ;;
    *) check "$file" tensor-convert --allow-missing "$file" -f json > /dev/null ;;
    esac
done
check "no file is left of those" sh -c '! ls out.json* 2> /dev/null'

# Wrong usage, no input, a reader that leaves.
check_fails 64 "there is no 'float'" tensor-convert --dtype float table.csv
check_fails 64 "is not A:B" tensor-convert --rows 3 table.csv
check_fails 64 "is not a shape" tensor-convert --reshape 3x table.csv
check_fails 64 "is not LOW:HIGH" tensor-convert --scale=1:0 table.csv
check_fails 64 "is not one of header, data" tensor-convert --first-line text table.csv
check_fails 64 "exclude each other" tensor-convert --header a --no-header table.csv
check_fails 64 "disagree" tensor-convert -f npy -o x.png table.csv
check_fails 64 "'gif' is not one of csv, npy, json, npz, idx, png" tensor-convert -f gif table.csv
for format in idx png npz; do
    check "$format to a pipe" sh -c 'echo "[[1, 2, 255]]" | tensor-convert --dtype uint8 -f "$1" |
        tensor-convert -f csv | { read -r line && test "$line" = 1,2,255; }' - "$format"
done
check_fails 66 'nowhere.npy: cannot open' tensor-convert nowhere.npy
check "a reader that leaves" sh -c 'tensor-convert -f csv "$1" | head -n 1 > /dev/null' - \
    "$corpus/npy/float32.npy"
run_examples tensor-convert
finish
