#!/usr/bin/env python3
"""Sentences of two classes as a folder like those of export.py: features.csv, nodes.csv.

usage: sentences.py MODEL TEXTS FOLDER

MODEL is the folder of a sentence encoder of the BERT family as its authors publish it (config.json,
tokenizer.json, model.safetensors; that of all-MiniLM-L6-v2 was used); TEXTS holds sst2-dev.csv and
sst2-test.csv (label,text). The features of a sentence are the mean of its tokens' last vectors, of
length 1. Wants PyTorch and transformers (4.41 goes with PyTorch 1.13).
"""
import csv
import sys

import numpy
import torch
from transformers import AutoModel, AutoTokenizer

from export import splits, write

MOST_TOKENS = 256


@torch.no_grad()
def encode(text, tokenizer, model):
    tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=MOST_TOKENS)
    mean = model(**tokens).last_hidden_state[0].mean(0)
    return (mean / mean.norm()).numpy()


def main():
    folder, texts, out = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    rows = [row for part in ("dev", "test")
            for row in csv.DictReader(open(f"{texts}/sst2-{part}.csv"))]
    x = numpy.stack([encode(row["text"], tokenizer, model) for row in rows])
    y = numpy.array([row["label"] for row in rows])
    write(out, x, y, splits(y, (0.2, 0.2)))


main()
