# Manual pages: one per program (section 1), formats (5), the overview (7).
dist_man_MANS = \
    man/tensor-plot.1
