#!/usr/bin/env python3
"""Sentences of two classes as a folder like those of export.py: features.csv, nodes.csv (ten splits).

usage: sentences.py MODEL TEXTS FOLDER

MODEL is the folder of a sentence encoder of the BERT family as its authors publish it (config.json,
tokenizer.json, model.safetensors; that of all-MiniLM-L6-v2 was used); TEXTS holds sst2-dev.csv and
sst2-test.csv (label,text). The features of a sentence are the mean of its tokens' last vectors, of
length 1. Wants PyTorch and tokenizers.
"""
import csv
import json
import sys

import numpy
import tokenizers
import torch

from export import splits, write

torch.set_grad_enabled(False)


def read_tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = numpy.frombuffer(file.read(), dtype="uint8")
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = entry["data_offsets"]
            values = data[first:last].view("float32").reshape(entry["shape"])
            tensors[name] = torch.tensor(values)
    return tensors


class Encoder:
    def __init__(self, folder):
        self.config = json.load(open(folder + "/config.json"))
        self.tensors = read_tensors(folder + "/model.safetensors")
        self.tokenizer = tokenizers.Tokenizer.from_file(folder + "/tokenizer.json")
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(256)

    def linear(self, x, name):
        return torch.nn.functional.linear(x, self.tensors[name + ".weight"],
                                          self.tensors[name + ".bias"])

    def norm(self, x, name):
        return torch.nn.functional.layer_norm(x, x.shape[-1:], self.tensors[name + ".weight"],
                                              self.tensors[name + ".bias"],
                                              self.config["layer_norm_eps"])

    def layer(self, x, name):
        heads = self.config["num_attention_heads"]

        def split(part):
            every = self.linear(x, f"{name}.attention.self.{part}")
            return every.unflatten(1, (heads, -1)).transpose(0, 1)

        query, key, value = split("query"), split("key"), split("value")
        weights = torch.softmax(query @ key.transpose(1, 2) / query.shape[-1] ** 0.5, -1)
        heard = (weights @ value).transpose(0, 1).flatten(1)
        x = self.norm(x + self.linear(heard, name + ".attention.output.dense"),
                      name + ".attention.output.LayerNorm")
        inner = torch.nn.functional.gelu(self.linear(x, name + ".intermediate.dense"))
        return self.norm(x + self.linear(inner, name + ".output.dense"), name + ".output.LayerNorm")

    def encode(self, text):
        tokens = torch.tensor(self.tokenizer.encode(text).ids)
        x = (self.tensors["embeddings.word_embeddings.weight"][tokens] +
             self.tensors["embeddings.position_embeddings.weight"][:len(tokens)] +
             self.tensors["embeddings.token_type_embeddings.weight"][0])
        x = self.norm(x, "embeddings.LayerNorm")
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}")
        mean = x.mean(0)
        return (mean / mean.norm()).numpy()


def main():
    model, texts, folder = sys.argv[1:]
    rows = [row for part in ("dev", "test")
            for row in csv.DictReader(open(f"{texts}/sst2-{part}.csv"))]
    encoder = Encoder(model)
    x = numpy.stack([encoder.encode(row["text"]) for row in rows])
    y = numpy.array([row["label"] for row in rows])
    write(folder, x, y, splits(y, (0.2, 0.2)))


main()
