# Small data of our own, completions, experiments.
dist_pkgdata_DATA = \
    share/data/README \
    share/data/karate-nodes.csv \
    share/data/karate.csv \
    share/data/unix-nodes.csv \
    share/data/unix.csv
dist_bashcompletion_DATA = share/completions/tesserae

# Pipelines: shell scripts that write tables and pictures to the folder they run in.
pipelines = \
    share/pipelines/degrees.sh \
    share/pipelines/distances.sh \
    share/pipelines/karate.sh \
    share/pipelines/tree.sh \
    share/pipelines/unix.sh \
    share/pipelines/unix-spacetime.sh
pipelinesdir = $(pkgdatadir)/pipelines
dist_pipelines_DATA = $(pipelines)

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
