# libtesserae.a: one line per file; the same sources are compiled again with real = double for the
# tests, where gradients are checked against finite differences.
tesserae_sources = \
    lib/base/arena.c lib/base/arena.h \
    lib/base/error.c lib/base/error.h \
    lib/base/folder.c lib/base/folder.h \
    lib/base/memory.c lib/base/memory.h \
    lib/base/options.c lib/base/options.h \
    lib/base/output.c lib/base/output.h \
    lib/base/progress.c lib/base/progress.h \
    lib/base/report.c lib/base/report.h \
    lib/base/rng.c lib/base/rng.h \
    lib/base/sha256.c lib/base/sha256.h \
    lib/base/signals.c lib/base/signals.h \
    lib/base/spill.c lib/base/spill.h \
    lib/base/threads.c lib/base/threads.h \
    lib/dag/chain_cover.c lib/dag/chain_cover.h \
    lib/dag/chain_flow.c lib/dag/chain_flow.h \
    lib/dag/chain_labels.c lib/dag/chain_labels.h \
    lib/dag/closure.c lib/dag/closure.h \
    lib/dag/closure_sweep.c \
    lib/dag/cycles.c lib/dag/cycles.h \
    lib/dag/dag.c lib/dag/dag.h \
    lib/dag/dag_statistics.c lib/dag/dag_statistics.h \
    lib/dag/interval_labels.c lib/dag/interval_labels.h \
    lib/dag/ordered_arcs.c lib/dag/ordered_arcs.h \
    lib/dag/reachability.c lib/dag/reachability.h \
    lib/dag/reachability_file.c \
    lib/dag/realizer.c lib/dag/realizer.h \
    lib/dag/transitive_orientation.c lib/dag/transitive_orientation.h \
    lib/diffusion/autoencoder.c lib/diffusion/autoencoder.h \
    lib/diffusion/autoencoder_file.c \
    lib/diffusion/autoencoder_fit.c lib/diffusion/autoencoder_fit.h \
    lib/diffusion/candidates.c lib/diffusion/candidates.h \
    lib/diffusion/class_labels.c lib/diffusion/class_labels.h \
    lib/diffusion/closed_form.c lib/diffusion/closed_form.h \
    lib/diffusion/data_set.c lib/diffusion/data_set.h \
    lib/diffusion/denoiser.c lib/diffusion/denoiser.h \
    lib/diffusion/denoiser_fit.c lib/diffusion/denoiser_fit.h \
    lib/diffusion/denoiser_options.c lib/diffusion/denoiser_options.h \
    lib/diffusion/denoiser_protocol.h \
    lib/diffusion/denoiser_server.c \
    lib/diffusion/denoising_network.c lib/diffusion/denoising_network.h \
    lib/diffusion/flow.c lib/diffusion/flow.h \
    lib/diffusion/gaussian_start.c lib/diffusion/gaussian_start.h \
    lib/diffusion/kernel_distance.c lib/diffusion/kernel_distance.h \
    lib/diffusion/mixture.c lib/diffusion/mixture.h \
    lib/diffusion/neighbour_score.c lib/diffusion/neighbour_score.h \
    lib/diffusion/network_file.c lib/diffusion/network_file.h \
    lib/diffusion/network_settings.c lib/diffusion/network_settings.h \
    lib/diffusion/neural_denoiser.c lib/diffusion/neural_denoiser.h \
    lib/diffusion/noise_schedule.c lib/diffusion/noise_schedule.h \
    lib/diffusion/point_set.c lib/diffusion/point_set.h \
    lib/diffusion/process_denoiser.c \
    lib/diffusion/sample_quality.c lib/diffusion/sample_quality.h \
    lib/diffusion/sample_writer.c lib/diffusion/sample_writer.h \
    lib/diffusion/sampler.c lib/diffusion/sampler.h \
    lib/diffusion/sampling.c lib/diffusion/sampling.h \
    lib/diffusion/score_options.c lib/diffusion/score_options.h \
    lib/diffusion/training_rows.c lib/diffusion/training_rows.h \
    lib/dist/ranks.c lib/dist/ranks.h \
    lib/dist/row_share.c lib/dist/row_share.h \
    lib/embedding/embedding_fit.c lib/embedding/embedding_fit.h \
    lib/embedding/embedding_loss.c lib/embedding/embedding_loss.h \
    lib/embedding/embedding_options.c lib/embedding/embedding_options.h \
    lib/embedding/embedding_quality.c lib/embedding/embedding_quality.h \
    lib/embedding/embedding_result.c lib/embedding/embedding_result.h \
    lib/embedding/embedding_run.c lib/embedding/embedding_run.h \
    lib/embedding/embedding_start.c lib/embedding/embedding_start.h \
    lib/embedding/embedding_targets.c lib/embedding/embedding_targets.h \
    lib/embedding/graph_embedding.c lib/embedding/graph_embedding.h \
    lib/geometry/charged_particles.c lib/geometry/charged_particles.h \
    lib/geometry/clifford.c lib/geometry/clifford.h \
    lib/geometry/clifford_identities.c lib/geometry/clifford_identities.h \
    lib/geometry/clifford_kernels.c lib/geometry/clifford_kernels.h \
    lib/geometry/clifford_metric.c lib/geometry/clifford_metric.h \
    lib/geometry/clifford_plan.c lib/geometry/clifford_plan.h \
    lib/geometry/clifford_sums.c lib/geometry/clifford_sums.h \
    lib/geometry/convex_hull.c lib/geometry/convex_hull.h \
    lib/geometry/exponential_map.c lib/geometry/exponential_map.h \
    lib/geometry/fractal.c lib/geometry/fractal.h \
    lib/geometry/hyperbolic.c lib/geometry/hyperbolic.h \
    lib/geometry/lanes.h \
    lib/geometry/lorentzian.c lib/geometry/lorentzian.h \
    lib/geometry/monotone.c lib/geometry/monotone.h \
    lib/geometry/pair_distances.c \
    lib/geometry/partial_order.c lib/geometry/partial_order.h \
    lib/geometry/quasi_metric.c lib/geometry/quasi_metric.h \
    lib/geometry/snowflake.c lib/geometry/snowflake.h \
    lib/geometry/snowflake_table.c lib/geometry/snowflake_table.h \
    lib/geometry/space.c lib/geometry/space.h \
    lib/geometry/space_neighbours.c lib/geometry/space_neighbours.h \
    lib/geometry/spherical.c lib/geometry/spherical.h \
    lib/grad/activation.c lib/grad/activation.h \
    lib/grad/broadcast.c lib/grad/broadcast.h \
    lib/grad/by_rows.c lib/grad/by_rows.h \
    lib/grad/gradient_check.c lib/grad/gradient_check.h \
    lib/grad/norm_row.h \
    lib/grad/ops.h \
    lib/grad/ops_convolution.c \
    lib/grad/ops_dense.c \
    lib/grad/ops_elementwise.c \
    lib/grad/ops_function.c \
    lib/grad/ops_group_norm.c \
    lib/grad/ops_image.h \
    lib/grad/ops_loss.c \
    lib/grad/ops_norm.c \
    lib/grad/ops_prelu.c \
    lib/grad/ops_reduce.c \
    lib/grad/ops_segment.c \
    lib/grad/ops_shape.c \
    lib/grad/ops_upsample.c \
    lib/grad/parameter.c lib/grad/parameter.h \
    lib/grad/tape.c lib/grad/tape.h \
    lib/graph/batches.c lib/graph/batches.h \
    lib/graph/bfs.c lib/graph/bfs.h \
    lib/graph/block_graph.c lib/graph/block_graph.h \
    lib/graph/clustering.c lib/graph/clustering.h \
    lib/graph/components.c lib/graph/components.h \
    lib/graph/diameter.c lib/graph/diameter.h \
    lib/graph/dijkstra.c lib/graph/dijkstra.h \
    lib/graph/distance_table.c lib/graph/distance_table.h \
    lib/graph/edge_csv.c lib/graph/edge_csv.h \
    lib/graph/edge_csv_write.c \
    lib/graph/generators.c lib/graph/generators.h \
    lib/graph/graph.c lib/graph/graph.h \
    lib/graph/label_table.c lib/graph/label_table.h \
    lib/graph/labels.c lib/graph/labels.h \
    lib/graph/landmarks.c lib/graph/landmarks.h \
    lib/graph/names.c lib/graph/names.h \
    lib/graph/names_tensor.c lib/graph/names_tensor.h \
    lib/graph/neighbour_sampling.c lib/graph/neighbour_sampling.h \
    lib/graph/node_features.c lib/graph/node_features.h \
    lib/graph/node_pairs.c lib/graph/node_pairs.h \
    lib/graph/node_table.c lib/graph/node_table.h \
    lib/graph/order.c lib/graph/order.h \
    lib/graph/pair_sampling.c lib/graph/pair_sampling.h \
    lib/graph/pairs.c lib/graph/pairs.h \
    lib/graph/paths.c lib/graph/paths.h \
    lib/graph/point_graphs.c lib/graph/point_graphs.h \
    lib/graph/propagation.c lib/graph/propagation.h \
    lib/graph/random_graphs.c lib/graph/random_graphs.h \
    lib/graph/recipes.c lib/graph/recipes.h \
    lib/graph/recipes_write.c \
    lib/graph/sampling.c lib/graph/sampling.h \
    lib/graph/split.c lib/graph/split.h \
    lib/graph/statistics.c lib/graph/statistics.h \
    lib/io/array.c lib/io/array.h \
    lib/io/conversion.c lib/io/conversion.h \
    lib/io/coprocess.c lib/io/coprocess.h \
    lib/io/csv.c lib/io/csv.h \
    lib/io/csv_number.c \
    lib/io/csv_write.c \
    lib/io/figures.c lib/io/figures.h \
    lib/io/idx.c lib/io/idx.h \
    lib/io/image.c lib/io/image.h \
    lib/io/json.c lib/io/json.h \
    lib/io/json_write.c \
    lib/io/model_file.c lib/io/model_file.h \
    lib/io/npy.c lib/io/npy.h \
    lib/io/npz.c lib/io/npz.h \
    lib/io/npz_write.c \
    lib/io/record_writer.c lib/io/record_writer.h \
    lib/io/records.c lib/io/records.h \
    lib/io/rows.c lib/io/rows.h \
    lib/io/safetensors.c lib/io/safetensors.h \
    lib/io/stream.c lib/io/stream.h \
    lib/io/summary.c lib/io/summary.h \
    lib/io/table.c \
    lib/io/zip.h \
    lib/latent/candidate.c lib/latent/candidate.h \
    lib/latent/latent_edges.c lib/latent/latent_edges.h \
    lib/latent/latent_file.c lib/latent/latent_file.h \
    lib/latent/latent_fit.c lib/latent/latent_fit.h \
    lib/latent/latent_history.c lib/latent/latent_history.h \
    lib/latent/latent_memory.c lib/latent/latent_memory.h \
    lib/latent/latent_network.c lib/latent/latent_network.h \
    lib/latent/latent_options.c lib/latent/latent_options.h \
    lib/latent/latent_run.c lib/latent/latent_run.h \
    lib/latent/latent_start.c lib/latent/latent_start.h \
    lib/latent/neighbour_graph.c lib/latent/neighbour_graph.h \
    lib/multivector/equivariance.c lib/multivector/equivariance.h \
    lib/multivector/hidden_map.c lib/multivector/hidden_map.h \
    lib/multivector/multivector.h \
    lib/multivector/multivector_batch.c lib/multivector/multivector_batch.h \
    lib/multivector/multivector_check.c lib/multivector/multivector_check.h \
    lib/multivector/multivector_data.c lib/multivector/multivector_data.h \
    lib/multivector/multivector_fit.c lib/multivector/multivector_fit.h \
    lib/multivector/multivector_frame.c \
    lib/multivector/multivector_gate.c \
    lib/multivector/multivector_lanes.h \
    lib/multivector/multivector_layers.c lib/multivector/multivector_layers.h \
    lib/multivector/multivector_linear.c \
    lib/multivector/multivector_mix.c \
    lib/multivector/multivector_model.c lib/multivector/multivector_model.h \
    lib/multivector/multivector_model_file.c \
    lib/multivector/multivector_norm.c \
    lib/multivector/multivector_options.c lib/multivector/multivector_options.h \
    lib/multivector/multivector_pieces.c lib/multivector/multivector_pieces.h \
    lib/multivector/multivector_product.c \
    lib/multivector/multivector_tasks.c lib/multivector/multivector_tasks.h \
    lib/nn/classification.c lib/nn/classification.h \
    lib/nn/feature_matrix.c lib/nn/feature_matrix.h \
    lib/nn/image_layers.c lib/nn/image_layers.h \
    lib/nn/message_passing.c lib/nn/message_passing.h \
    lib/nn/mlp.c lib/nn/mlp.h \
    lib/nn/prediction_table.c lib/nn/prediction_table.h \
    lib/nn/residual_mlp.c lib/nn/residual_mlp.h \
    lib/nn/smpnn.c lib/nn/smpnn.h \
    lib/nn/time_embedding.c lib/nn/time_embedding.h \
    lib/nn/unet.c lib/nn/unet.h \
    lib/node/class_options.c lib/node/class_options.h \
    lib/node/class_runs.c lib/node/class_runs.h \
    lib/node/hyperparameters.c lib/node/hyperparameters.h \
    lib/node/node_classifier.c lib/node/node_classifier.h \
    lib/node/node_classifier_file.c lib/node/node_classifier_file.h \
    lib/node/node_data.c lib/node/node_data.h \
    lib/node/node_fit.c lib/node/node_fit.h \
    lib/node/node_options.c lib/node/node_options.h \
    lib/node/node_predict.c lib/node/node_predict.h \
    lib/node/node_run.c lib/node/node_run.h \
    lib/optim/checkpoint.c lib/optim/checkpoint.h \
    lib/optim/manifold.h \
    lib/optim/optimizer.c lib/optim/optimizer.h \
    lib/optim/schedule.c lib/optim/schedule.h \
    lib/optim/trained_program.c lib/optim/trained_program.h \
    lib/optim/training.c lib/optim/training.h \
    lib/optim/training_options.c lib/optim/training_options.h \
    lib/pathway/cells.c lib/pathway/cells.h \
    lib/pathway/cells_file.c \
    lib/pathway/intake.c lib/pathway/intake.h \
    lib/pathway/job_list.c lib/pathway/job_list.h \
    lib/pathway/joint.c lib/pathway/joint.h \
    lib/pathway/leaf.c lib/pathway/leaf.h \
    lib/pathway/leaf_batch.c lib/pathway/leaf_batch.h \
    lib/pathway/leaf_cache.c lib/pathway/leaf_cache.h \
    lib/pathway/leaf_file.c \
    lib/pathway/leaf_fit.c lib/pathway/leaf_fit.h \
    lib/pathway/leaf_job.c lib/pathway/leaf_job.h \
    lib/pathway/leaf_options.c lib/pathway/leaf_options.h \
    lib/pathway/model_folder.c lib/pathway/model_folder.h \
    lib/pathway/partition.c lib/pathway/partition.h \
    lib/pathway/partition_run.c lib/pathway/partition_run.h \
    lib/pathway/plan.c lib/pathway/plan.h \
    lib/pathway/predictor.c lib/pathway/predictor.h \
    lib/pathway/queue_simulation.c lib/pathway/queue_simulation.h \
    lib/pathway/router.c lib/pathway/router.h \
    lib/pathway/router_file.c \
    lib/pathway/spool.c lib/pathway/spool.h \
    lib/pathway/tagging.c lib/pathway/tagging.h \
    lib/pathway/tree_builder.c lib/pathway/tree_builder.h \
    lib/plot/axes.c lib/plot/axes.h \
    lib/plot/bins.c lib/plot/bins.h \
    lib/plot/color.c lib/plot/color.h \
    lib/plot/coloring.c lib/plot/coloring.h \
    lib/plot/dag.c \
    lib/plot/disc.c lib/plot/disc.h \
    lib/plot/edges.c lib/plot/edges.h \
    lib/plot/figure.c lib/plot/figure.h \
    lib/plot/graph.c \
    lib/plot/heatmap.c \
    lib/plot/histogram.c \
    lib/plot/images.c \
    lib/plot/input.c lib/plot/input.h \
    lib/plot/labels.c lib/plot/labels.h \
    lib/plot/legend.c lib/plot/legend.h \
    lib/plot/lines.c \
    lib/plot/marks.c lib/plot/marks.h \
    lib/plot/plot.h \
    lib/plot/points.c lib/plot/points.h \
    lib/plot/principal.c lib/plot/principal.h \
    lib/plot/raster.c lib/plot/raster.h \
    lib/plot/scatter.c \
    lib/plot/spread.c lib/plot/spread.h \
    lib/plot/text.c lib/plot/text.h \
    lib/plot/ticks.c lib/plot/ticks.h \
    lib/plot/timeline.c lib/plot/timeline.h \
    lib/spacetime/causality_check.c lib/spacetime/causality_check.h \
    lib/spacetime/label_refinement.c lib/spacetime/label_refinement.h \
    lib/spacetime/order_pairs.c lib/spacetime/order_pairs.h \
    lib/spacetime/order_repair.c lib/spacetime/order_repair.h \
    lib/spacetime/spacetime.c lib/spacetime/spacetime.h \
    lib/spacetime/spacetime_causality.c lib/spacetime/spacetime_causality.h \
    lib/spacetime/spacetime_encoder.c lib/spacetime/spacetime_encoder.h \
    lib/spacetime/spacetime_file.c lib/spacetime/spacetime_file.h \
    lib/spacetime/spacetime_fit.c lib/spacetime/spacetime_fit.h \
    lib/spacetime/spacetime_options.c lib/spacetime/spacetime_options.h \
    lib/spacetime/spacetime_query.c lib/spacetime/spacetime_query.h \
    lib/spacetime/spacetime_result.c lib/spacetime/spacetime_result.h \
    lib/spacetime/spacetime_run.c lib/spacetime/spacetime_run.h \
    lib/spacetime/time_spacing.c lib/spacetime/time_spacing.h \
    lib/tensor/blas.c lib/tensor/blas.h \
    lib/tensor/convolution.c lib/tensor/convolution.h \
    lib/tensor/dropout.h \
    lib/tensor/inverted_index.c lib/tensor/inverted_index.h \
    lib/tensor/kmeans.c lib/tensor/kmeans.h \
    lib/tensor/knn.c lib/tensor/knn.h \
    lib/tensor/lane_vector.h \
    lib/tensor/linalg.c lib/tensor/linalg.h \
    lib/tensor/narrow.c lib/tensor/narrow.h \
    lib/tensor/nearest.c lib/tensor/nearest.h \
    lib/tensor/pieces.h \
    lib/tensor/real.h \
    lib/tensor/reduce.c lib/tensor/reduce.h \
    lib/tensor/register_tile.h \
    lib/tensor/scatter.c lib/tensor/scatter.h \
    lib/tensor/sparse.c lib/tensor/sparse.h \
    lib/tensor/squared_distance.c lib/tensor/squared_distance.h \
    lib/tensor/standardise.c lib/tensor/standardise.h \
    lib/tensor/tensor.c lib/tensor/tensor.h \
    lib/tensor/vector_math.h

noinst_LIBRARIES = libtesserae.a
libtesserae_a_SOURCES = $(tesserae_sources)

check_LIBRARIES = libtesserae-double.a
libtesserae_double_a_SOURCES = $(tesserae_sources)
libtesserae_double_a_CPPFLAGS = $(AM_CPPFLAGS) -DTESSERAE_REAL_DOUBLE
