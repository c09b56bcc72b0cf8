# A function with jumps, by 32 small networks instead of one large: what each predicts.
set -eu
awk 'BEGIN { print "x,y"; srand(1); for (i = 0; i < 4000; i++) { x = rand()
    print x "," (x % 0.25 >= 0.125 ? x * x : -exp(-x)) } }' > jumps-rows.csv
awk 'BEGIN { print "x,y"; for (x = 0; x < 1; x += 0.001)
    print x "," (x % 0.25 >= 0.125 ? x * x : -exp(-x)) }' > jumps-test.csv
rm -rf jumps
pathway-route --leaves 32 --target y --seed 1 --out jumps jumps-rows.csv
pathway-seed --quiet --load jumps --hidden 32,32 --epochs 60 jumps-rows.csv
pathway-plan --load jumps --jobs make --try-cold | make -s -k -j 2 -f -
pathway-predict --quiet --load jumps --memory 1M jumps-test.csv > pathway.txt
pathway-predict --quiet --load jumps/seed.safetensors jumps-test.csv > seed.txt
{
    echo 'x,function,seed,pathway'
    paste -d, jumps-test.csv seed.txt pathway.txt | sed 1d
} > pathways.csv
tensor-plot --kind lines -x x -y function,seed,pathway \
    --title 'A function with jumps, by one small network and by 32' -o pathways.png pathways.csv
rm -r jumps jumps-rows.csv jumps-test.csv pathway.txt seed.txt
