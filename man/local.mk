# Manual pages: one per program (section 1), formats (5), the overview (7).
dist_man_MANS = \
    man/clifford-check.1 \
    man/clifford-fit.1 \
    man/clifford-make.1 \
    man/clifford-predict.1 \
    man/dag-query.1 \
    man/dag-spacetime.1 \
    man/dag-stats.1 \
    man/graph-classify.1 \
    man/graph-distance.1 \
    man/graph-embed.1 \
    man/graph-infer.1 \
    man/graph-make.1 \
    man/graph-stats.1 \
    man/pathway-fit.1 \
    man/pathway-plan.1 \
    man/pathway-predict.1 \
    man/pathway-route.1 \
    man/pathway-seed.1 \
    man/pathway-status.1 \
    man/score-encode.1 \
    man/score-eval.1 \
    man/score-sample.1 \
    man/score-serve.1 \
    man/score-train.1 \
    man/tensor-convert.1 \
    man/tensor-info.1 \
    man/tensor-plot.1 \
    man/tesserae-denoiser.5 \
    man/tesserae-model.5 \
    man/tesserae-stream.5 \
    man/tesserae.7
