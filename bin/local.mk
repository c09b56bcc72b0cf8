# The programs; each is one file of its own name, and links what it uses of libtesserae.a.
bin_PROGRAMS = \
    bin/graph-embed \
    bin/tensor-plot

bin_graph_embed_SOURCES = bin/graph-embed.c
bin_tensor_plot_SOURCES = bin/tensor-plot.c
