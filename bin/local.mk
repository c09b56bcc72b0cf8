# The programs; each is one file of its own name, and links what it uses of libtesserae.a.
bin_PROGRAMS = \
    bin/clifford-check \
    bin/clifford-fit \
    bin/clifford-make \
    bin/clifford-predict \
    bin/dag-query \
    bin/dag-spacetime \
    bin/dag-stats \
    bin/graph-classify \
    bin/graph-distance \
    bin/graph-embed \
    bin/graph-infer \
    bin/graph-make \
    bin/graph-stats \
    bin/pathway-fit \
    bin/pathway-plan \
    bin/pathway-predict \
    bin/pathway-route \
    bin/pathway-seed \
    bin/pathway-status \
    bin/score-encode \
    bin/score-eval \
    bin/score-sample \
    bin/score-serve \
    bin/score-train \
    bin/tensor-convert \
    bin/tensor-info \
    bin/tensor-plot

bin_clifford_check_SOURCES = bin/clifford-check.c
bin_clifford_fit_SOURCES = bin/clifford-fit.c
bin_clifford_make_SOURCES = bin/clifford-make.c
bin_clifford_predict_SOURCES = bin/clifford-predict.c
bin_dag_query_SOURCES = bin/dag-query.c
bin_dag_spacetime_SOURCES = bin/dag-spacetime.c
bin_dag_stats_SOURCES = bin/dag-stats.c
bin_graph_classify_SOURCES = bin/graph-classify.c
bin_graph_distance_SOURCES = bin/graph-distance.c
bin_graph_embed_SOURCES = bin/graph-embed.c
bin_graph_infer_SOURCES = bin/graph-infer.c
bin_graph_make_SOURCES = bin/graph-make.c
bin_graph_stats_SOURCES = bin/graph-stats.c
bin_pathway_fit_SOURCES = bin/pathway-fit.c
bin_pathway_plan_SOURCES = bin/pathway-plan.c
bin_pathway_predict_SOURCES = bin/pathway-predict.c
bin_pathway_route_SOURCES = bin/pathway-route.c
bin_pathway_seed_SOURCES = bin/pathway-seed.c
bin_pathway_status_SOURCES = bin/pathway-status.c
bin_score_encode_SOURCES = bin/score-encode.c
bin_score_eval_SOURCES = bin/score-eval.c
bin_score_sample_SOURCES = bin/score-sample.c
bin_score_serve_SOURCES = bin/score-serve.c
bin_score_train_SOURCES = bin/score-train.c
bin_tensor_plot_SOURCES = bin/tensor-plot.c
