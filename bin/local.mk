# The programs; each is one file of its own name, and links what it uses of libtesserae.a.
bin_PROGRAMS = \
    bin/graph-embed

bin_graph_embed_SOURCES = bin/graph-embed.c
