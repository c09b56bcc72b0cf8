# Small data of our own, completions, experiments.
dist_pkgdata_DATA =
dist_bashcompletion_DATA =
