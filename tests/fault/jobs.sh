# A small real job for every program, one a line (a backslash continues it), each ending in
# "-o FILE"; $inputs is the folder of the files that make_inputs has made. No job may take more
# than a few hundredths of a second.
make_inputs() {
    mkdir -p "$inputs"
    printf 'node,x,y\na,0,1\nb,2,3\nc,1,1\nd,5,2\ne,1,4\n' > "$inputs/points.csv"
    printf 'node,x0,t0,t1\na,0,0,0\nb,1,1,2\nc,2,2,1\n' > "$inputs/cone.csv"
    printf 'a,b\na,c\n' > "$inputs/ahead.csv"
    printf 'source,target,weight\na,b,1\nb,c,2\nc,d,1\nd,a,0.5\nd,e,1\n' > "$inputs/edges.csv"
    printf 'a,b\nb,a\na,e\n' > "$inputs/pairs.csv"
    printf 'node,label,split\na,x,train\nb,y,train\nc,x,validation\nd,y,test\n' \
        > "$inputs/classes.csv"
    graph-classify -q --epochs 2 --features "$inputs/points.csv" --labels "$inputs/classes.csv" \
        "$inputs/edges.csv" --model "$inputs/classifier" -o "$inputs/predictions.csv"
    graph-infer -q --epochs 2 --k 2 --spaces e2,h2 --labels "$inputs/classes.csv" \
        "$inputs/points.csv" --model "$inputs/latent" -o "$inputs/predictions.csv"
    awk 'BEGIN { print "a,b,y"; for (i = 0; i < 40; i++) print i % 7 "," i % 5 "," i % 3 }' \
        > "$inputs/rows.csv"
    pathway-route --leaves 3 --target y --out "$inputs/pathway" "$inputs/rows.csv"
    pathway-fit -q --all "$inputs/pathway" --hidden 4 --epochs 2
    dag-spacetime --condense --steps 5 --quiet "$inputs/edges.csv" --model "$inputs/model" \
        -o "$inputs/events.csv"
    printf '%s\n' -1 0 0 1 2 > "$inputs/numbers.csv"
    printf '%s\n' 0,1 1,0 -1,-1 > "$inputs/latents.csv"
    printf '1,0,0,1\n0,1,1,0\n0,0,0,1\n' > "$inputs/pixels.csv"
    score-train -q --steps 2 --width 4 --blocks 1 "$inputs/numbers.csv" -o "$inputs/denoiser"
    score-encode -q --steps 1 --width 4 --blocks 1 --latent 2 "$inputs/pixels.csv" \
        -o "$inputs/encoder"
    {
        printf '0.5\n0.1\n' | tensor-convert -f npy --dtype float32 --reshape -1x1
        printf '0.5\n' | tensor-convert -f npy --dtype float32 --reshape -1
        printf '0\n' | tensor-convert -f npy --dtype int32 --reshape -1 --rows 0:0
    } > "$inputs/question"
    clifford-make signed-volume --count 8 -o "$inputs/volumes"
    clifford-fit --steps 2 --channels 2 --quiet "$inputs/volumes" -o "$inputs/volume-model"
}

list_jobs() {
    tr -s ' ' << JOBS
clifford-check $inputs/volumes --load $inputs/volume-model --trials 2 -o out
clifford-fit --steps 2 --channels 2 --quiet --metric learn-full $inputs/volumes -o out
clifford-make convex-hull --count 5 --threads 1 -o out
clifford-make lorentz --count 5 --hidden-map 1 --threads 1 --true-metric metric.npy -o out
clifford-predict --load $inputs/volume-model $inputs/volumes -o out
dag-query --load $inputs/model --interval $inputs/pairs.csv -o out
dag-query --load $inputs/model -f npy $inputs/pairs.csv -o out
dag-spacetime --condense --steps 5 --quiet $inputs/edges.csv --model m -o out
dag-spacetime --break-cycles --causality labels --refine 5 --steps 5 --quiet -f npy \
    $inputs/edges.csv -o out
dag-spacetime --break-cycles --compare --steps 5 --quiet $inputs/edges.csv -o out
dag-stats -q --break-cycles --reduce hasse.csv --chains c.csv $inputs/edges.csv -o out
dag-stats -q --condense -f json $inputs/edges.csv -o out
graph-classify -q --epochs 2 --hidden 4 --features $inputs/points.csv --labels $inputs/classes.csv \
    --model m $inputs/edges.csv -o out
graph-classify -q --epochs 2 --hidden 4 --layers 1 --batch-nodes 3 --fanout 2 --conv sage \
    --features $inputs/points.csv --labels $inputs/classes.csv --diagnose d.csv -f json \
    $inputs/edges.csv -o out
graph-classify --load $inputs/classifier --features $inputs/points.csv -f npy \
    $inputs/edges.csv -o out
graph-infer -q --epochs 2 --k 2 --hidden 4 --spaces e2,f2 --labels $inputs/classes.csv --model m \
    --edges-out e.csv --history h.csv $inputs/points.csv -o out
graph-infer --load $inputs/latent $inputs/points.csv -f json -o out
graph-distance --names names.csv $inputs/edges.csv -o out
graph-distance --unweighted --landmarks 3 -f npy $inputs/edges.csv -o out
graph-embed --dim 2 --steps 5 --quiet $inputs/edges.csv -o out
graph-embed --geometry snowflake --dim 2 --steps 5 --quiet $inputs/edges.csv --model m -o out
graph-make stochastic-block --nodes 20 --labels labels.csv --features features.npy -o out
graph-make sbm --nodes 20 --edges 30 --features 3 --out .
graph-make metric --points 8 --coordinates points.csv -o out
graph-stats --directed -f json $inputs/edges.csv -o out
score-encode -q --steps 1 --width 4 --network unet --shape 2x2 --latent 2 $inputs/pixels.csv -o out
score-encode --load $inputs/encoder $inputs/pixels.csv -o out
score-serve --load $inputs/denoiser $inputs/question -o out
score-serve --data $inputs/numbers.csv --sigma 0.5 $inputs/question -o out
score-train -q --steps 2 --width 4 --blocks 1 $inputs/numbers.csv -o out
score-train -q --steps 1 --width 4 --network unet --shape 2x2 $inputs/pixels.csv -o out
score-eval -q --reference $inputs/numbers.csv --train $inputs/numbers.csv --neighbors 2 \
    $inputs/numbers.csv -o out
score-sample -q --data $inputs/latents.csv --decoder $inputs/encoder --steps 2 --count 2 -o out
score-sample -q --denoiser 'score-serve --data $inputs/numbers.csv' --shape 1 --steps 3 \
    --count 2 -o out
score-sample -q --data $inputs/points.csv --label-column node --sigma 0.2 --guide a,b --start 0.1 \
    --steps 4 --count 4 -o out
score-sample -q --data $inputs/points.csv --label-column node --neighbors 2 --random 1 --index ivf \
    --steps 3 -f npy --count 2 -o out
pathway-fit -q --load $inputs/pathway --leaf 1 --epochs 2 $inputs/pathway/cell-0001.csv -o out
pathway-plan --rows 1e6 --inputs 4 --error 0.1 -q --simulate -o out
pathway-plan --load $inputs/pathway --epochs 3 --jobs slurm -o out
pathway-predict -q --load $inputs/pathway --memory 1M --window 3 $inputs/rows.csv -o out
pathway-route -q --leaves 3 --target y $inputs/rows.csv -o out
pathway-route --load $inputs/pathway $inputs/rows.csv -o out
pathway-status --load $inputs/pathway -q -o out
pathway-seed -q --target y --hidden 3 --epochs 2 $inputs/rows.csv -o out
tensor-convert -f npy --columns x,y $inputs/points.csv -o out.npy
tensor-convert -f json $inputs/edges.csv -o out.json
tensor-info $inputs/points.csv -o out
tensor-convert $inputs/edges.csv -f json -o out
tensor-convert --columns x,y $inputs/points.csv -o out.npz
tensor-convert --columns 2-3 --scale $inputs/points.csv -o out.png
tensor-info -f json $inputs/points.csv -o out
tensor-plot --kind scatter -x x -y y $inputs/points.csv -o out.png
tensor-plot --kind graph --edges $inputs/edges.csv $inputs/points.csv -o out.svg
tensor-plot --kind dag --edges $inputs/ahead.csv --cone a $inputs/cone.csv -o out.png
tensor-plot --kind lines -x 2 -y 3 $inputs/points.csv -o out.pdf
JOBS
}
