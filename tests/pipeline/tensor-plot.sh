# tensor-plot: every kind, every format, and what it must refuse.
. "$srcdir/tests/pipeline/lib.sh"

# png_size FILE: "WIDTHxHEIGHT" out of the header, after the signature; nothing otherwise.
png_size() {
    [ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] &&
        od -An -tu1 -j16 -N8 "$1" | tr '\n' ' ' |
        awk '{ printf "%dx%d\n", ($1*256+$2)*65536 + $3*256+$4, ($5*256+$6)*65536 + $7*256+$8 }'
}

# A PNG ends with its IEND chunk.
is_complete_png() {
    [ "$(tail -c 12 "$1" | od -An -tx1 | tr -d ' \n')" = 0000000049454e44ae426082 ]
}

cat > points.csv << 'CSV'
node,x0,x1,size,family
a,0,0,1,red
b,1,0.5,2,blue
c,0.5,1,3,red
d,-0.5,0.25,4,green
CSV
cat > edges.csv << 'CSV'
source,target
a,b
b,c
c,d
d,d
CSV
printf 'node,label,order\na,one,3\nb,two,1\nc,one,2\nd,one,4\n' > labels.csv
printf 't,sine,other\n0,0,1\n1,0.8,2\n2,0.9,\n3,0.1,1e3\n' > lines.csv
printf '1\n1\n2\n3\n5\n8\n13\n' > numbers.csv
printf 'node,x0,t0,t1,family\na,0,0,0,red\nb,1,1,2,blue\nc,2,2,1,red\nd,3,3,3,red\n' > events.csv
printf 'node,a,b,c\na,0,1,2\nb,1,0,\nc,2,1.5,0\n' > matrix.csv

# Sizes, in every format, of every kind.
for kind in scatter graph dag lines histogram heatmap; do
    case $kind in
    scatter | graph) input='-x x0 -y x1 points.csv' ;;
    dag) input=events.csv ;;
    lines) input=lines.csv ;;
    histogram) input=numbers.csv ;;
    heatmap) input=matrix.csv ;;
    esac
    for format in png svg pdf; do
        check "$kind as $format" tensor-plot -q -k $kind --width 420 --height 300 \
            --title "A title" $input -o "$kind.$format"
    done
    check_output 420x300 png_size $kind.png
    check "$kind.png is complete" is_complete_png $kind.png
    check_output 1 sh -c "grep -c '<svg .*width=\"420px\" height=\"300px\"' $kind.svg"
    check_output '</svg>' tail -n 1 $kind.svg
    check_output '%PDF-' head -c 5 $kind.pdf
    check_output '%%EOF' tail -n 1 $kind.pdf
    check "$kind.pdf is 420x300 pixels of 1/96 inch" \
        grep -aq 'MediaBox *\[ *0 0 315 225 *\]' $kind.pdf
done

check "standard output is PNG" sh -c 'tensor-plot -k histogram < numbers.csv > out'
check_output 800x600 png_size out
check "a name without extension is PNG" tensor-plot -k histogram numbers.csv -o picture
check_output 800x600 png_size picture
check "standard input is -" sh -c 'tensor-plot -k histogram - -o dash.png < numbers.csv'
check "gzip is transparent" sh -c 'gzip < numbers.csv | tensor-plot -k histogram -o gzip.png'
check "and gives the same picture" cmp dash.png gzip.png
check "capitals in the extension" tensor-plot -k histogram numbers.csv -o CAPITALS.SVG

# Deterministic, whenever and wherever it is drawn.
for format in png svg pdf; do
    check "draw $format again" tensor-plot -q -k scatter --width 420 --height 300 \
        --title "A title" -x x0 -y x1 points.csv -o again.$format
    check "the same bytes: $format" cmp again.$format scatter.$format
done

# Options change the picture, each one.
draw() {
    tensor-plot -q -k graph points.csv -x x0 -y x1 --edges edges.csv -o base.svg "$@"
}
check "the picture to compare with" draw
cp base.svg reference.svg
for option in "--title T" "--xlabel X" "--ylabel Y" "--width 500" "--height 700" "--theme dark" \
    "--color family" "--color size" "--label family" "--labels labels.csv" "--directed" \
    "--point-size 30" "--alpha 0.2"; do
    check "with $option" draw $option
    check "$option is seen" sh -c '! cmp -s base.svg reference.svg'
done
check "numbers as categories" draw --color size --categorical
check "have a legend for each" sh -c '! cmp -s base.svg reference.svg'
for map in viridis magma grey diverging; do
    check "colour map $map" draw --color size --colormap $map
    cp base.svg "map-$map.svg"
done
check_output 4 sh -c 'cksum map-*.svg | cut -d" " -f1 | sort -u | wc -l | tr -d " "'
check "logarithmic axes" tensor-plot -q -k lines lines.csv --log-x --log-y -o log.png
check "other axes, other picture" sh -c '! cmp -s log.png lines.png'
check "one series of several" tensor-plot -q -k lines lines.csv -x t -y other -o one.png
check "bins" tensor-plot -k histogram numbers.csv --bins 3 -o bins.png
check "columns by number" tensor-plot -k scatter points.csv -x 2 -y 3 -o number.png
check "are those of the name" sh -c 'tensor-plot -k scatter points.csv -x x0 -y x1 -o name.png &&
    cmp number.png name.png'
check "three columns are projected" sh -c 'tensor-plot -k scatter points.csv -o pca.svg'
check "the Poincaré disc" sh -c "sed s/^b,1,/b,0.8,/ points.csv | sed s/^c,0.5,1,/c,0.5,0.8,/ |
    tensor-plot -k graph --disk -x x0 -y x1 --edges edges.csv -o disc.png"
check "arrow heads in the disc" sh -c "sed s/^b,1,/b,0.8,/ points.csv |
    sed s/^c,0.5,1,/c,0.5,0.8,/ |
    tensor-plot -k graph --disk --directed -x x0 -y x1 --edges edges.csv -o arrows.png"
check "are drawn" sh -c '! cmp -s disc.png arrows.png'
check "a timeline across" tensor-plot -k graph -x size --log-x --edges edges.csv \
    points.csv -o across.svg
check "and upwards" tensor-plot -k graph -y size --edges edges.csv points.csv -o up.svg
check "all names are there" \
    sh -c 'test "$(tensor-plot -k graph -y size --edges edges.csv points.csv -o up.svg 2>&1)" = ""'
check_fails 65 'row 2 of the data.*outside the unit disc' \
    tensor-plot -k scatter --disk -x x0 -y x1 points.csv -o x.png

# Small and strange input.
check "one point" sh -c "printf 'x,y\n3,4\n' | tensor-plot -k scatter -o point.png"
check "a constant column" sh -c "printf 'x,y\n1,7\n2,7\n' | tensor-plot -k scatter -o constant.png"
check "a huge range" sh -c "printf -- '-1e308,-1e308\n1e308,1e308\n0,1e-300\n' |
    tensor-plot -k scatter -o huge.png"
check "huge lines" sh -c "printf -- '-1e308,-1e308\n1e308,1e308\n' |
    tensor-plot -k lines -o huge.png"
check "one number" sh -c "echo 5 | tensor-plot -k histogram -o one.png"
check "one cell" sh -c "echo 5 | tensor-plot -k heatmap -o cell.png"
check "names that are not UTF-8" sh -c "printf 'node,x,y\n\377\301,0,0\nb\001,1,1\n' |
    tensor-plot -k graph -o bytes.png"
check "a long name" sh -c "printf 'x,%0500d\n1,2\n' 7 | sed s/0/w/g |
    tensor-plot -k lines -o long.png"

# What is left out is told.
warns() {
    pattern=$1
    shift
    "$@" 2> message && grep -q "warning: .*$pattern" message
}
printf 'x,y\n1,2\n,3\n3,NaN\n4,5\n' > gaps.csv
check "missing values" warns 'left out 2 of 4 rows' tensor-plot -k scatter gaps.csv -o gaps.png
check "a gap in a line" warns 'gap for 2 values' tensor-plot -k lines gaps.csv -o gaps.png
check "no logarithm of zero" warns 'left out 1 of 4 rows' \
    tensor-plot -k scatter points.csv -x size -y x1 --log-y -o zero.png
check "blank cells" warns '1 cells are not finite' tensor-plot -k heatmap matrix.csv -o blank.png
check "edges to nowhere" warns "left out 1 of 5 edges.*'z'" sh -c \
    "(cat edges.csv; echo a,z) | tensor-plot -k graph -x x0 -y x1 points.csv --edges - \
    -o nowhere.png"
check "a node without label" warns "no line for 1 of 4 nodes (as 'd')" sh -c \
    "grep -v ^d labels.csv > few.csv; tensor-plot -k scatter -x x0 -y x1 points.csv \
    --labels few.csv -o few.png"
check "quiet" sh -c 'test -z "$(tensor-plot -q -k scatter gaps.csv -o gaps.png 2>&1)"'

echo '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>' \
    > none.conf
check "a system without fonts" warns 'no font was found.*fonts-dejavu-core' \
    env FONTCONFIG_FILE="$PWD/none.conf" tensor-plot -k histogram numbers.csv -o strokes.png

# Events: two times, one, several; the cone of one; an edge into the past.
printf 'a,b\na,c\nb,d\nc,d\n' > diamond.csv
printf 'd,a\nb,c\na,d\n' > wrong.csv
check "edges of events" tensor-plot -k dag --edges diamond.csv events.csv -o diamond.svg
check "a cone" tensor-plot -k dag --edges diamond.csv --cone b events.csv -o cone.svg
check "cones differ" sh -c '! cmp -s diamond.svg cone.svg && ! cmp -s dag.svg diamond.svg'
check "colours of events" tensor-plot -k dag --color family --edges diamond.csv events.csv -o c.png
check "edges that lead elsewhere" warns '2 of 3 edges do not lead into the future' \
    tensor-plot -k dag --edges wrong.csv events.csv -o wrong.svg
printf 'node,t0,t1,t2\na,0,0,0\nb,1,2,2\nc,2,1,1\n' > three.csv
printf 'node,x0,x1,t0\na,0,0,0\nb,1,2,1\nc,2,1,nan\n' > one.csv
check "three times" tensor-plot -k dag --cone a three.csv -o three.svg
check "one time, an event without" warns 'left out 1 of 3 events' \
    tensor-plot -k dag one.csv -o one.svg

printf 'a,b\nb,a\n' > pair.csv
printf 'node,t0,t1\na,1,1\nb,1,1\n' > same.csv
check "joined nodes are one event" sh -c 'tensor-plot -k dag --edges pair.csv same.csv -o same.svg \
    2> said && test ! -s said'

# What must fail.
check_fails 65 'points.csv: no column t0 of times' tensor-plot -k dag points.csv -o x.png
check_fails 65 "events.csv has no event 'z'" tensor-plot -k dag --cone z events.csv -o x.png
check_fails 64 'cone is not for --kind graph' tensor-plot -k graph --cone b points.csv -o x.png
check_fails 64 'directed is not for --kind dag' tensor-plot -k dag --directed events.csv -o x.png
check_fails 64 '.--kind is missing' tensor-plot points.csv -o x.png
check_fails 64 "'pie' is not one of scatter, graph" tensor-plot -k pie points.csv -o x.png
check_fails 64 'expected .png, .svg or .pdf' tensor-plot -k scatter points.csv -o x.jpeg
check_fails 64 'bins is not for --kind lines' tensor-plot -k lines --bins 3 lines.csv -o x.png
check_fails 64 'edges is not for --kind scatter' tensor-plot -k scatter --edges e \
    points.csv -o x.png
check_fails 64 'not ROWSxCOLUMNS' tensor-plot -k images --grid 0x3 x.npy -o x.png
check_fails 64 'width' tensor-plot -k scatter --width 5 points.csv -o x.png
check_fails 64 'alpha' tensor-plot -k scatter --alpha 2 points.csv -o x.png
check_fails 64 'both standard input' tensor-plot -k graph --edges - -o x.png
printf 'node,x,y\na,1,2\nb,2,3\n' > ends.csv
check_fails 65 'standard input: no edge joins two nodes of ends.csv' \
    sh -c 'printf "a,c\n" | tensor-plot -k graph --edges - ends.csv -o x.png'
check_fails 64 'log-y: there is no such coordinate' \
    tensor-plot -k graph -x size --log-y points.csv -o x.png
check_fails 66 'nowhere.csv' tensor-plot -k scatter nowhere.csv -o x.png
check_fails 66 'nowhere.csv' tensor-plot -k graph -x x0 -y x1 points.csv \
    --edges nowhere.csv -o x.png
check_fails 73 'no/such/folder' tensor-plot -k histogram numbers.csv -o no/such/folder/x.png
check_fails 65 'input is empty' sh -c 'tensor-plot -k scatter -o x.png < /dev/null'
check_fails 65 'no rows' sh -c 'echo x,y | tensor-plot -k scatter -o x.png'
check_fails 65 "no column 'size2' for --color.*'x0'" \
    tensor-plot -k scatter --color size2 points.csv -o x.png
check_fails 65 "column 'family' has 'red' in row 1.*--y needs numbers" \
    tensor-plot -k scatter -x x0 -y family points.csv -o x.png
check_fails 65 'no row has coordinates' sh -c "printf 'x,y\n,1\nNaN,2\n' |
    tensor-plot -k scatter -o x.png"
check_fails 65 'no column of numbers' sh -c "printf 'a,b\nc,d\n' | tensor-plot -k heatmap -o x.png"
check_fails 65 'standard input:3: ' sh -c "printf 'a,b\n1,2\n3\n' | tensor-plot -k lines -o x.png"
check_fails 65 "no edge joins two nodes.*'p'" sh -c \
    "echo p,q | tensor-plot -k graph -x x0 -y x1 points.csv --edges - -o x.png"
check_fails 65 'expected an NPY array of images' tensor-plot -k images points.csv -o x.png
check "nothing was left behind" sh -c '! ls | grep "^x\."'
check_fails 74 'No space left' sh -c 'tensor-plot -k histogram numbers.csv > /dev/full'

if have_numpy; then
    "$PYTHON" - << 'PYTHON'
import numpy as np
rng = np.random.default_rng(0)
np.save("grey.npy", rng.integers(0, 256, (30, 8, 6), dtype=np.uint8))
np.save("color.npy", rng.random((3, 8, 6, 3)))
np.save("first.npy", np.load("color.npy").transpose(0, 3, 1, 2).copy())
np.save("alpha.npy", rng.random((3, 8, 6, 4)).astype("f4"))
np.save("fortran.npy", np.asfortranarray(np.load("grey.npy")))
np.save("big.npy", np.load("grey.npy").astype(">i4"))
np.save("flat.npy", rng.random((4, 48)))
np.save("nan.npy", np.array([[[np.nan, 1.0], [2.0, 3.0]]]))
np.save("matrix.npy", np.array([[0.0, np.inf], [1.0, 0.0]]))
np.save("five.npy", rng.random((2, 2, 2, 2, 2)))
np.save("none.npy", np.zeros((0, 4, 4)))
np.save("points.npy", rng.normal(size=(50, 6)).astype("f4"))
PYTHON
    check "grey images" tensor-plot -k images grey.npy --grid 5x6 -o grey.png
    check_output 767x844 png_size grey.png
    check "colour images" tensor-plot -k images color.npy -o color.png
    check "channels first" tensor-plot -k images first.npy -o first.png
    check "are the same images" cmp color.png first.png
    check "transparency" tensor-plot -k images alpha.npy -o alpha.png
    check "Fortran order" tensor-plot -k images fortran.npy --grid 5x6 -o fortran.png
    check "is the same picture" cmp grey.png fortran.png
    check "an image that is not finite" warns 'not finite' tensor-plot -k images nan.npy -o nan.png
    check "a grid larger than the stack" tensor-plot -k images color.npy --grid 4x4 -o large.png
    check "infinite distances" warns 'not finite' tensor-plot -k heatmap matrix.npy -o inf.png
    check "components of an array" tensor-plot -k scatter points.npy -o points.png
    check "rows as nodes" sh -c 'echo 0,49 | tensor-plot -k graph points.npy --edges - -o rows.png'
    check_fails 65 'expected images' tensor-plot -k images flat.npy -o x.png
    check_fails 65 'expected images' tensor-plot -k images five.npy -o x.png
    check_fails 65 'no images' tensor-plot -k images none.npy -o x.png
    check_fails 65 '3 dimensions' tensor-plot -k heatmap grey.npy -o x.png
    # Only the grid's part of a long stream is read: the writer goes on for ever.
    cat > endless.py << 'PYTHON'
import sys
header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999, 8, 6)}"
out = sys.stdout.buffer
out.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
try:
    while True:
        out.write(bytes(65536))
except BrokenPipeError:
    sys.stderr.close()
PYTHON
    check "a stream without end" sh -c \
        "'$PYTHON' endless.py | tensor-plot -k images --grid 2x2 -o endless.png"
fi

run_examples tensor-plot
finish
