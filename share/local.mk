# Small data of our own, completions, experiments.
dist_pkgdata_DATA = \
    share/data/README \
    share/data/karate-nodes.csv \
    share/data/karate.csv \
    share/data/unix-nodes.csv \
    share/data/unix.csv
# bash-completion looks for a file of the program's name.
dist_bashcompletion_DATA = \
    share/completions/clifford-check \
    share/completions/clifford-fit \
    share/completions/clifford-make \
    share/completions/clifford-predict \
    share/completions/dag-query \
    share/completions/dag-spacetime \
    share/completions/dag-stats \
    share/completions/graph-classify \
    share/completions/graph-distance \
    share/completions/graph-embed \
    share/completions/graph-infer \
    share/completions/graph-make \
    share/completions/graph-stats \
    share/completions/pathway-fit \
    share/completions/pathway-plan \
    share/completions/pathway-predict \
    share/completions/pathway-route \
    share/completions/pathway-seed \
    share/completions/pathway-status \
    share/completions/score-encode \
    share/completions/score-eval \
    share/completions/score-sample \
    share/completions/score-serve \
    share/completions/score-train \
    share/completions/tensor-convert \
    share/completions/tensor-info \
    share/completions/tensor-plot \
    share/completions/tesserae

# Pipelines: shell scripts that write tables and pictures to the folder they run in.
pipelines = \
    share/pipelines/degrees.sh \
    share/pipelines/densities.sh \
    share/pipelines/depth.sh \
    share/pipelines/distances.sh \
    share/pipelines/hidden-metric.sh \
    share/pipelines/images.sh \
    share/pipelines/inferred.sh \
    share/pipelines/karate.sh \
    share/pipelines/pathways.sh \
    share/pipelines/tree.sh \
    share/pipelines/unix.sh \
    share/pipelines/unix-spacetime.sh
pipelinesdir = $(pkgdatadir)/pipelines
# Those that need hosts, a cluster or MPI, and so are no part of the demo.
engines = \
    share/pipelines/pathway-mpi.sh \
    share/pipelines/pathway-parallel.sh \
    share/pipelines/pathway-slurm.sh
dist_pipelines_DATA = $(pipelines) $(engines)

# make demo: runs them all in the folder demo and says what they wrote.
demo: all
	@$(MKDIR_P) demo && cd demo && rm -f *.png *.csv && \
	PATH='$(abs_builddir)/bin':$$PATH TESSERAE_DATA='$(abs_srcdir)/share/data' && \
	export PATH TESSERAE_DATA && \
	for pipeline in $(pipelines); do \
	    printf '\n== %s\n' "$$pipeline" && \
	    sed -n '/^#/!q; s/^# /   /p' '$(abs_srcdir)'/$$pipeline && \
	    $(SHELL) '$(abs_srcdir)'/$$pipeline || exit; \
	done && \
	printf '\nWrote to demo/:\n' && ls -1 *.png *.csv | sed 's/^/   /'
.PHONY: demo

# Experiments: a Makefile, its scripts and a page of results each; `make experiments` runs them.
closedformdiffusiondir = $(pkgdatadir)/experiments/closed-form-diffusion
dist_closedformdiffusion_DATA = \
    share/experiments/closed-form-diffusion/Makefile \
    share/experiments/closed-form-diffusion/errors.sh \
    share/experiments/closed-form-diffusion/results.md \
    share/experiments/closed-form-diffusion/sigmas.sh \
    share/experiments/closed-form-diffusion/trained.sh

latentgraphinferencedir = $(pkgdatadir)/experiments/latent-graph-inference
dist_latentgraphinference_DATA = \
    share/experiments/latent-graph-inference/Makefile \
    share/experiments/latent-graph-inference/cell.sh \
    share/experiments/latent-graph-inference/export.py \
    share/experiments/latent-graph-inference/neighbours.py \
    share/experiments/latent-graph-inference/results.md \
    share/experiments/latent-graph-inference/sentences.py \
    share/experiments/latent-graph-inference/table.awk

neuralpathwaysdir = $(pkgdatadir)/experiments/neural-pathways
dist_neuralpathways_DATA = \
    share/experiments/neural-pathways/Makefile \
    share/experiments/neural-pathways/functions-table.awk \
    share/experiments/neural-pathways/functions.awk \
    share/experiments/neural-pathways/functions.sh \
    share/experiments/neural-pathways/memory.sh \
    share/experiments/neural-pathways/peers.py \
    share/experiments/neural-pathways/results.md \
    share/experiments/neural-pathways/speed.sh \
    share/experiments/neural-pathways/table.awk \
    share/experiments/neural-pathways/table.sh

neuralsnowflakesdir = $(pkgdatadir)/experiments/neural-snowflakes
dist_neuralsnowflakes_DATA = \
    share/experiments/neural-snowflakes/Makefile \
    share/experiments/neural-snowflakes/cora.awk \
    share/experiments/neural-snowflakes/cora.sh \
    share/experiments/neural-snowflakes/distortion.awk \
    share/experiments/neural-snowflakes/free.awk \
    share/experiments/neural-snowflakes/free.sh \
    share/experiments/neural-snowflakes/plots.sh \
    share/experiments/neural-snowflakes/results.md \
    share/experiments/neural-snowflakes/synthetic.awk \
    share/experiments/neural-snowflakes/synthetic.sh \
    share/experiments/neural-snowflakes/tree.sh

neuralspacetimesdir = $(pkgdatadir)/experiments/neural-spacetimes
dist_neuralspacetimes_DATA = \
    share/experiments/neural-spacetimes/Makefile \
    share/experiments/neural-spacetimes/encoder.awk \
    share/experiments/neural-spacetimes/encoder.sh \
    share/experiments/neural-spacetimes/order.awk \
    share/experiments/neural-spacetimes/order.sh \
    share/experiments/neural-spacetimes/packages.awk \
    share/experiments/neural-spacetimes/real.sh \
    share/experiments/neural-spacetimes/report.awk \
    share/experiments/neural-spacetimes/results.md \
    share/experiments/neural-spacetimes/rows.awk \
    share/experiments/neural-spacetimes/sizes.sh \
    share/experiments/neural-spacetimes/synthetic.awk \
    share/experiments/neural-spacetimes/synthetic.sh

metriclearningcgenndir = $(pkgdatadir)/experiments/metric-learning-cgenn
dist_metriclearningcgenn_DATA = \
    share/experiments/metric-learning-cgenn/Makefile \
    share/experiments/metric-learning-cgenn/hidden.awk \
    share/experiments/metric-learning-cgenn/hidden.sh \
    share/experiments/metric-learning-cgenn/official.awk \
    share/experiments/metric-learning-cgenn/official.py \
    share/experiments/metric-learning-cgenn/official.sh \
    share/experiments/metric-learning-cgenn/plot.sh \
    share/experiments/metric-learning-cgenn/results.md \
    share/experiments/metric-learning-cgenn/settings.sh \
    share/experiments/metric-learning-cgenn/sizes.awk \
    share/experiments/metric-learning-cgenn/task.sh

smpnndir = $(pkgdatadir)/experiments/smpnn
dist_smpnn_DATA = \
    share/experiments/smpnn/Makefile \
    share/experiments/smpnn/depth.awk \
    share/experiments/smpnn/depth.sh \
    share/experiments/smpnn/figures.sh \
    share/experiments/smpnn/options \
    share/experiments/smpnn/plots.sh \
    share/experiments/smpnn/results.md \
    share/experiments/smpnn/small.awk \
    share/experiments/smpnn/small.sh
