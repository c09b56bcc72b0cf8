# Small data of our own, completions, experiments.
dist_pkgdata_DATA = \
    share/data/karate-nodes.csv \
    share/data/karate.csv
dist_bashcompletion_DATA = share/completions/tesserae
