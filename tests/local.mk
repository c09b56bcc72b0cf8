# tests/unit: one Check program per library file, over the double-precision library.
unit_tests = \
    tests/unit/test_arena \
    tests/unit/test_array \
    tests/unit/test_autoencoder \
    tests/unit/test_batches \
    tests/unit/test_bins \
    tests/unit/test_blas \
    tests/unit/test_by_rows \
    tests/unit/test_chain_cover \
    tests/unit/test_charged_particles \
    tests/unit/test_checkpoint \
    tests/unit/test_classification \
    tests/unit/test_clifford \
    tests/unit/test_clifford_metric \
    tests/unit/test_closed_form \
    tests/unit/test_closure \
    tests/unit/test_color \
    tests/unit/test_components \
    tests/unit/test_conversion \
    tests/unit/test_convex_hull \
    tests/unit/test_coprocess \
    tests/unit/test_csv \
    tests/unit/test_dag \
    tests/unit/test_denoiser_protocol \
    tests/unit/test_denoising_network \
    tests/unit/test_disc \
    tests/unit/test_embedding_fit \
    tests/unit/test_embedding_loss \
    tests/unit/test_embedding_quality \
    tests/unit/test_embedding_start \
    tests/unit/test_equivariance \
    tests/unit/test_error \
    tests/unit/test_feature_matrix \
    tests/unit/test_folder \
    tests/unit/test_generators \
    tests/unit/test_gradient_check \
    tests/unit/test_graph \
    tests/unit/test_graph_embedding \
    tests/unit/test_hyperbolic \
    tests/unit/test_idx \
    tests/unit/test_image \
    tests/unit/test_inverted_index \
    tests/unit/test_joint \
    tests/unit/test_json \
    tests/unit/test_kmeans \
    tests/unit/test_knn \
    tests/unit/test_label_refinement \
    tests/unit/test_label_table \
    tests/unit/test_labels \
    tests/unit/test_landmarks \
    tests/unit/test_leaf \
    tests/unit/test_linalg \
    tests/unit/test_lorentzian \
    tests/unit/test_memory \
    tests/unit/test_message_passing \
    tests/unit/test_metric_axioms \
    tests/unit/test_mixture \
    tests/unit/test_mlp \
    tests/unit/test_model_file \
    tests/unit/test_multivector \
    tests/unit/test_multivector_data \
    tests/unit/test_multivector_fit \
    tests/unit/test_multivector_layers \
    tests/unit/test_multivector_model \
    tests/unit/test_multivector_tasks \
    tests/unit/test_multivector_threads \
    tests/unit/test_names \
    tests/unit/test_narrow \
    tests/unit/test_neighbour_sampling \
    tests/unit/test_neighbour_score \
    tests/unit/test_node_classifier \
    tests/unit/test_node_data \
    tests/unit/test_node_features \
    tests/unit/test_node_pairs \
    tests/unit/test_node_table \
    tests/unit/test_npy \
    tests/unit/test_npz \
    tests/unit/test_ops_dense \
    tests/unit/test_ops_elementwise \
    tests/unit/test_ops_image \
    tests/unit/test_ops_reduce \
    tests/unit/test_ops_rows \
    tests/unit/test_optimizer \
    tests/unit/test_options \
    tests/unit/test_order \
    tests/unit/test_output \
    tests/unit/test_pair_distances \
    tests/unit/test_latent_network \
    tests/unit/test_neighbour_graph \
    tests/unit/test_space_neighbours_float \
    tests/unit/test_space_neighbours \
    tests/unit/test_exponential_map \
    tests/unit/test_pair_sampling \
    tests/unit/test_pairs \
    tests/unit/test_parameter \
    tests/unit/test_partial_order \
    tests/unit/test_partition \
    tests/unit/test_paths \
    tests/unit/test_principal \
    tests/unit/test_progress \
    tests/unit/test_propagation \
    tests/unit/test_quasi_metric \
    tests/unit/test_queue_simulation \
    tests/unit/test_ranks \
    tests/unit/test_reachability \
    tests/unit/test_realizer \
    tests/unit/test_recipes \
    tests/unit/test_report \
    tests/unit/test_rng \
    tests/unit/test_router \
    tests/unit/test_rows \
    tests/unit/test_safetensors \
    tests/unit/test_sample_quality \
    tests/unit/test_sampling \
    tests/unit/test_schedule \
    tests/unit/test_sha256 \
    tests/unit/test_signals \
    tests/unit/test_snowflake \
    tests/unit/test_space \
    tests/unit/test_spacetime \
    tests/unit/test_sparse \
    tests/unit/test_spherical \
    tests/unit/test_spill \
    tests/unit/test_split \
    tests/unit/test_spread \
    tests/unit/test_standardise \
    tests/unit/test_statistics \
    tests/unit/test_stream \
    tests/unit/test_summary \
    tests/unit/test_tape \
    tests/unit/test_tensor \
    tests/unit/test_text \
    tests/unit/test_threads \
    tests/unit/test_ticks \
    tests/unit/test_time_spacing \
    tests/unit/test_timeline \
    tests/unit/test_training \
    tests/unit/test_vector_math

# tests/pipeline: one shell script per program.
pipeline_tests = \
    tests/pipeline/clifford-check.sh \
    tests/pipeline/clifford-fit.sh \
    tests/pipeline/clifford-make.sh \
    tests/pipeline/clifford-predict.sh \
    tests/pipeline/completions.sh \
    tests/pipeline/contract.sh \
    tests/pipeline/dag-query.sh \
    tests/pipeline/dag-spacetime.sh \
    tests/pipeline/dag-stats.sh \
    tests/pipeline/data.sh \
    tests/pipeline/denoiser.sh \
    tests/pipeline/documentation.sh \
    tests/pipeline/graph-classify.sh \
    tests/pipeline/graph-distance.sh \
    tests/pipeline/graph-embed.sh \
    tests/pipeline/graph-infer.sh \
    tests/pipeline/graph-make.sh \
    tests/pipeline/graph-stats.sh \
    tests/pipeline/pathway-fit.sh \
    tests/pipeline/pathway-plan.sh \
    tests/pipeline/pathway-predict.sh \
    tests/pipeline/pathway-route.sh \
    tests/pipeline/pathway-seed.sh \
    tests/pipeline/pathway-status.sh \
    tests/pipeline/score-encode.sh \
    tests/pipeline/score-eval.sh \
    tests/pipeline/score-sample.sh \
    tests/pipeline/score-serve.sh \
    tests/pipeline/score-train.sh \
    tests/pipeline/tensor-convert.sh \
    tests/pipeline/tensor-info.sh \
    tests/pipeline/tensor-plot.sh

unit_cppflags = -I$(srcdir)/lib -I$(srcdir)/tests/unit -DTESSERAE_REAL_DOUBLE
unit_libs = libtesserae-double.a $(CHECK_LIBS) $(LIBS_OF_TESSERAE)
dag_shapes = tests/unit/dag_shapes.c tests/unit/dag_shapes.h tests/unit/check_main.h
op_check = tests/unit/op_check.c tests/unit/op_check.h tests/unit/check_main.h

tests_unit_test_arena_SOURCES = tests/unit/test_arena.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_arena_CPPFLAGS = $(unit_cppflags)
tests_unit_test_arena_LDADD = $(unit_libs)

tests_unit_test_array_SOURCES = tests/unit/test_array.c tests/unit/check_main.h
tests_unit_test_array_CPPFLAGS = $(unit_cppflags)
tests_unit_test_array_LDADD = $(unit_libs)

tests_unit_test_batches_SOURCES = tests/unit/test_batches.c tests/unit/check_main.h
tests_unit_test_batches_CPPFLAGS = $(unit_cppflags)
tests_unit_test_batches_LDADD = $(unit_libs)

tests_unit_test_autoencoder_SOURCES = tests/unit/test_autoencoder.c tests/unit/check_main.h \
    tests/unit/scratch.h
tests_unit_test_autoencoder_CPPFLAGS = $(unit_cppflags)
tests_unit_test_autoencoder_LDADD = $(unit_libs)

tests_unit_test_blas_SOURCES = tests/unit/test_blas.c tests/unit/check_main.h
tests_unit_test_blas_CPPFLAGS = $(unit_cppflags)
tests_unit_test_blas_LDADD = $(unit_libs)

tests_unit_test_by_rows_SOURCES = tests/unit/test_by_rows.c tests/unit/check_main.h
tests_unit_test_by_rows_CPPFLAGS = $(unit_cppflags)
tests_unit_test_by_rows_LDADD = $(unit_libs)

tests_unit_test_chain_cover_SOURCES = tests/unit/test_chain_cover.c $(dag_shapes)
tests_unit_test_chain_cover_CPPFLAGS = $(unit_cppflags)
tests_unit_test_chain_cover_LDADD = $(unit_libs)

tests_unit_test_charged_particles_SOURCES = tests/unit/test_charged_particles.c tests/unit/check_main.h
tests_unit_test_charged_particles_CPPFLAGS = $(unit_cppflags)
tests_unit_test_charged_particles_LDADD = $(unit_libs)

tests_unit_test_classification_SOURCES = tests/unit/test_classification.c tests/unit/check_main.h
tests_unit_test_classification_CPPFLAGS = $(unit_cppflags)
tests_unit_test_classification_LDADD = $(unit_libs)

tests_unit_test_clifford_SOURCES = tests/unit/test_clifford.c tests/unit/check_main.h
tests_unit_test_clifford_CPPFLAGS = $(unit_cppflags)
tests_unit_test_clifford_LDADD = $(unit_libs)

tests_unit_test_clifford_metric_SOURCES = tests/unit/test_clifford_metric.c tests/unit/check_main.h
tests_unit_test_clifford_metric_CPPFLAGS = $(unit_cppflags)
tests_unit_test_clifford_metric_LDADD = $(unit_libs)

tests_unit_test_closed_form_SOURCES = tests/unit/test_closed_form.c tests/unit/check_main.h \
    tests/unit/point_cases.c tests/unit/point_cases.h
tests_unit_test_closed_form_CPPFLAGS = $(unit_cppflags)
tests_unit_test_closed_form_LDADD = $(unit_libs)

tests_unit_test_closure_SOURCES = tests/unit/test_closure.c $(dag_shapes)
tests_unit_test_closure_CPPFLAGS = $(unit_cppflags)
tests_unit_test_closure_LDADD = $(unit_libs)

tests_unit_test_components_SOURCES = tests/unit/test_components.c tests/unit/check_main.h
tests_unit_test_components_CPPFLAGS = $(unit_cppflags)
tests_unit_test_components_LDADD = $(unit_libs)

tests_unit_test_conversion_SOURCES = tests/unit/test_conversion.c tests/unit/check_main.h
tests_unit_test_conversion_CPPFLAGS = $(unit_cppflags)
tests_unit_test_conversion_LDADD = $(unit_libs)

tests_unit_test_convex_hull_SOURCES = tests/unit/test_convex_hull.c tests/unit/check_main.h
tests_unit_test_convex_hull_CPPFLAGS = $(unit_cppflags)
tests_unit_test_convex_hull_LDADD = $(unit_libs)

tests_unit_test_csv_SOURCES = tests/unit/test_csv.c tests/unit/check_main.h
tests_unit_test_csv_CPPFLAGS = $(unit_cppflags)
tests_unit_test_csv_LDADD = $(unit_libs)

tests_unit_test_dag_SOURCES = tests/unit/test_dag.c $(dag_shapes)
tests_unit_test_dag_CPPFLAGS = $(unit_cppflags)
tests_unit_test_dag_LDADD = $(unit_libs)

tests_unit_test_equivariance_SOURCES = tests/unit/test_equivariance.c tests/unit/check_main.h
tests_unit_test_equivariance_CPPFLAGS = $(unit_cppflags)
tests_unit_test_equivariance_LDADD = $(unit_libs)

tests_unit_test_error_SOURCES = tests/unit/test_error.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_error_CPPFLAGS = $(unit_cppflags)
tests_unit_test_error_LDADD = $(unit_libs)

tests_unit_test_feature_matrix_SOURCES = tests/unit/test_feature_matrix.c tests/unit/check_main.h
tests_unit_test_feature_matrix_CPPFLAGS = $(unit_cppflags)
tests_unit_test_feature_matrix_LDADD = $(unit_libs)

tests_unit_test_generators_SOURCES = tests/unit/test_generators.c tests/unit/check_main.h
tests_unit_test_generators_CPPFLAGS = $(unit_cppflags)
tests_unit_test_generators_LDADD = $(unit_libs)

tests_unit_test_gradient_check_SOURCES = tests/unit/test_gradient_check.c tests/unit/check_main.h
tests_unit_test_gradient_check_CPPFLAGS = $(unit_cppflags)
tests_unit_test_gradient_check_LDADD = $(unit_libs)

tests_unit_test_graph_SOURCES = tests/unit/test_graph.c tests/unit/check_main.h
tests_unit_test_graph_CPPFLAGS = $(unit_cppflags)
tests_unit_test_graph_LDADD = $(unit_libs)

tests_unit_test_idx_SOURCES = tests/unit/test_idx.c tests/unit/check_main.h
tests_unit_test_idx_CPPFLAGS = $(unit_cppflags)
tests_unit_test_idx_LDADD = $(unit_libs)

tests_unit_test_image_SOURCES = tests/unit/test_image.c tests/unit/check_main.h
tests_unit_test_image_CPPFLAGS = $(unit_cppflags)
tests_unit_test_image_LDADD = $(unit_libs)

tests_unit_test_inverted_index_SOURCES = tests/unit/test_inverted_index.c tests/unit/check_main.h \
    tests/unit/point_cases.c tests/unit/point_cases.h
tests_unit_test_inverted_index_CPPFLAGS = $(unit_cppflags)
tests_unit_test_inverted_index_LDADD = $(unit_libs)

tests_unit_test_json_SOURCES = tests/unit/test_json.c tests/unit/check_main.h
tests_unit_test_json_CPPFLAGS = $(unit_cppflags)
tests_unit_test_json_LDADD = $(unit_libs)

tests_unit_test_kmeans_SOURCES = tests/unit/test_kmeans.c tests/unit/check_main.h
tests_unit_test_kmeans_CPPFLAGS = $(unit_cppflags)
tests_unit_test_kmeans_LDADD = $(unit_libs)

tests_unit_test_folder_SOURCES = tests/unit/test_folder.c tests/unit/check_main.h \
    tests/unit/child.h tests/unit/scratch.h
tests_unit_test_folder_CPPFLAGS = $(unit_cppflags)
tests_unit_test_folder_LDADD = $(unit_libs)

tests_unit_test_joint_SOURCES = tests/unit/test_joint.c tests/unit/check_main.h \
    tests/unit/pathway_cases.h
tests_unit_test_joint_CPPFLAGS = $(unit_cppflags)
tests_unit_test_joint_LDADD = $(unit_libs)

tests_unit_test_leaf_SOURCES = tests/unit/test_leaf.c tests/unit/check_main.h \
    tests/unit/pathway_cases.h tests/unit/scratch.h
tests_unit_test_leaf_CPPFLAGS = $(unit_cppflags)
tests_unit_test_leaf_LDADD = $(unit_libs)

tests_unit_test_node_data_SOURCES = tests/unit/test_node_data.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_node_data_CPPFLAGS = $(unit_cppflags)
tests_unit_test_node_data_LDADD = $(unit_libs)

tests_unit_test_order_SOURCES = tests/unit/test_order.c tests/unit/check_main.h
tests_unit_test_order_CPPFLAGS = $(unit_cppflags)
tests_unit_test_order_LDADD = $(unit_libs)

tests_unit_test_partition_SOURCES = tests/unit/test_partition.c tests/unit/check_main.h \
    tests/unit/pathway_cases.h
tests_unit_test_partition_CPPFLAGS = $(unit_cppflags)
tests_unit_test_partition_LDADD = $(unit_libs)

tests_unit_test_router_SOURCES = tests/unit/test_router.c tests/unit/check_main.h \
    tests/unit/pathway_cases.h
tests_unit_test_router_CPPFLAGS = $(unit_cppflags)
tests_unit_test_router_LDADD = $(unit_libs)

tests_unit_test_rows_SOURCES = tests/unit/test_rows.c tests/unit/check_main.h
tests_unit_test_rows_CPPFLAGS = $(unit_cppflags)
tests_unit_test_rows_LDADD = $(unit_libs)

tests_unit_test_sha256_SOURCES = tests/unit/test_sha256.c tests/unit/check_main.h
tests_unit_test_sha256_CPPFLAGS = $(unit_cppflags)
tests_unit_test_sha256_LDADD = $(unit_libs)

tests_unit_test_spill_SOURCES = tests/unit/test_spill.c tests/unit/check_main.h \
    tests/unit/child.h tests/unit/scratch.h
tests_unit_test_spill_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spill_LDADD = $(unit_libs)

tests_unit_test_standardise_SOURCES = tests/unit/test_standardise.c tests/unit/check_main.h
tests_unit_test_standardise_CPPFLAGS = $(unit_cppflags)
tests_unit_test_standardise_LDADD = $(unit_libs)

tests_unit_test_queue_simulation_SOURCES = tests/unit/test_queue_simulation.c tests/unit/check_main.h
tests_unit_test_queue_simulation_CPPFLAGS = $(unit_cppflags)
tests_unit_test_queue_simulation_LDADD = $(unit_libs)

tests_unit_test_knn_SOURCES = tests/unit/test_knn.c tests/unit/check_main.h
tests_unit_test_knn_CPPFLAGS = $(unit_cppflags)
tests_unit_test_knn_LDADD = $(unit_libs)

tests_unit_test_label_table_SOURCES = tests/unit/test_label_table.c tests/unit/check_main.h
tests_unit_test_label_table_CPPFLAGS = $(unit_cppflags)
tests_unit_test_label_table_LDADD = $(unit_libs)

tests_unit_test_linalg_SOURCES = tests/unit/test_linalg.c tests/unit/check_main.h
tests_unit_test_linalg_CPPFLAGS = $(unit_cppflags)
tests_unit_test_linalg_LDADD = $(unit_libs)

tests_unit_test_lorentzian_SOURCES = tests/unit/test_lorentzian.c tests/unit/check_main.h
tests_unit_test_lorentzian_CPPFLAGS = $(unit_cppflags)
tests_unit_test_lorentzian_LDADD = $(unit_libs)

tests_unit_test_memory_SOURCES = tests/unit/test_memory.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_memory_CPPFLAGS = $(unit_cppflags)
tests_unit_test_memory_LDADD = $(unit_libs)

tests_unit_test_message_passing_SOURCES = tests/unit/test_message_passing.c tests/unit/check_main.h
tests_unit_test_message_passing_CPPFLAGS = $(unit_cppflags)
tests_unit_test_message_passing_LDADD = $(unit_libs)

tests_unit_test_mixture_SOURCES = tests/unit/test_mixture.c tests/unit/check_main.h
tests_unit_test_mixture_CPPFLAGS = $(unit_cppflags)
tests_unit_test_mixture_LDADD = $(unit_libs)

tests_unit_test_multivector_SOURCES = tests/unit/test_multivector.c tests/unit/check_main.h
tests_unit_test_multivector_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_LDADD = $(unit_libs)

tests_unit_test_multivector_layers_SOURCES = tests/unit/test_multivector_layers.c tests/unit/check_main.h
tests_unit_test_multivector_layers_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_layers_LDADD = $(unit_libs)

tests_unit_test_names_SOURCES = tests/unit/test_names.c tests/unit/check_main.h
tests_unit_test_names_CPPFLAGS = $(unit_cppflags)
tests_unit_test_names_LDADD = $(unit_libs)

tests_unit_test_neighbour_sampling_SOURCES = tests/unit/test_neighbour_sampling.c tests/unit/check_main.h
tests_unit_test_neighbour_sampling_CPPFLAGS = $(unit_cppflags)
tests_unit_test_neighbour_sampling_LDADD = $(unit_libs)

tests_unit_test_node_classifier_SOURCES = tests/unit/test_node_classifier.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_node_classifier_CPPFLAGS = $(unit_cppflags)
tests_unit_test_node_classifier_LDADD = $(unit_libs)

tests_unit_test_neighbour_score_SOURCES = tests/unit/test_neighbour_score.c tests/unit/check_main.h \
    tests/unit/point_cases.c tests/unit/point_cases.h
tests_unit_test_neighbour_score_CPPFLAGS = $(unit_cppflags)
tests_unit_test_neighbour_score_LDADD = $(unit_libs)

tests_unit_test_node_features_SOURCES = tests/unit/test_node_features.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_node_features_CPPFLAGS = $(unit_cppflags)
tests_unit_test_node_features_LDADD = $(unit_libs)

tests_unit_test_narrow_SOURCES = tests/unit/test_narrow.c tests/unit/check_main.h
tests_unit_test_narrow_CPPFLAGS = $(unit_cppflags)
tests_unit_test_narrow_LDADD = $(unit_libs)

tests_unit_test_node_pairs_SOURCES = tests/unit/test_node_pairs.c tests/unit/check_main.h
tests_unit_test_node_pairs_CPPFLAGS = $(unit_cppflags)
tests_unit_test_node_pairs_LDADD = $(unit_libs)

tests_unit_test_npz_SOURCES = tests/unit/test_npz.c tests/unit/check_main.h
tests_unit_test_npz_CPPFLAGS = $(unit_cppflags)
tests_unit_test_npz_LDADD = $(unit_libs)

tests_unit_test_ops_image_SOURCES = tests/unit/test_ops_image.c $(op_check)
tests_unit_test_ops_image_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ops_image_LDADD = $(unit_libs)

tests_unit_test_coprocess_SOURCES = tests/unit/test_coprocess.c tests/unit/check_main.h
tests_unit_test_coprocess_CPPFLAGS = $(unit_cppflags)
tests_unit_test_coprocess_LDADD = $(unit_libs)

tests_unit_test_denoiser_protocol_SOURCES = tests/unit/test_denoiser_protocol.c tests/unit/check_main.h
tests_unit_test_denoiser_protocol_CPPFLAGS = $(unit_cppflags)
tests_unit_test_denoiser_protocol_LDADD = $(unit_libs)

tests_unit_test_denoising_network_SOURCES = tests/unit/test_denoising_network.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_denoising_network_CPPFLAGS = $(unit_cppflags)
tests_unit_test_denoising_network_LDADD = $(unit_libs)

tests_unit_test_ops_dense_SOURCES = tests/unit/test_ops_dense.c $(op_check)
tests_unit_test_ops_dense_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ops_dense_LDADD = $(unit_libs)

tests_unit_test_ops_elementwise_SOURCES = tests/unit/test_ops_elementwise.c $(op_check)
tests_unit_test_ops_elementwise_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ops_elementwise_LDADD = $(unit_libs)

tests_unit_test_ops_reduce_SOURCES = tests/unit/test_ops_reduce.c $(op_check)
tests_unit_test_ops_reduce_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ops_reduce_LDADD = $(unit_libs)

tests_unit_test_ops_rows_SOURCES = tests/unit/test_ops_rows.c $(op_check)
tests_unit_test_ops_rows_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ops_rows_LDADD = $(unit_libs)

tests_unit_test_options_SOURCES = tests/unit/test_options.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_options_CPPFLAGS = $(unit_cppflags)
tests_unit_test_options_LDADD = $(unit_libs)

tests_unit_test_output_SOURCES = tests/unit/test_output.c tests/unit/check_main.h tests/unit/child.h tests/unit/scratch.h
tests_unit_test_output_CPPFLAGS = $(unit_cppflags)
tests_unit_test_output_LDADD = $(unit_libs)

tests_unit_test_npy_SOURCES = tests/unit/test_npy.c tests/unit/check_main.h
tests_unit_test_npy_CPPFLAGS = $(unit_cppflags)
tests_unit_test_npy_LDADD = $(unit_libs)

tests_unit_test_pair_sampling_SOURCES = tests/unit/test_pair_sampling.c tests/unit/check_main.h
tests_unit_test_pair_sampling_CPPFLAGS = $(unit_cppflags)
tests_unit_test_pair_sampling_LDADD = $(unit_libs)

tests_unit_test_parameter_SOURCES = tests/unit/test_parameter.c tests/unit/check_main.h
tests_unit_test_parameter_CPPFLAGS = $(unit_cppflags)
tests_unit_test_parameter_LDADD = $(unit_libs)

tests_unit_test_partial_order_SOURCES = tests/unit/test_partial_order.c tests/unit/check_main.h
tests_unit_test_partial_order_CPPFLAGS = $(unit_cppflags)
tests_unit_test_partial_order_LDADD = $(unit_libs)

tests_unit_test_paths_SOURCES = tests/unit/test_paths.c tests/unit/check_main.h
tests_unit_test_paths_CPPFLAGS = $(unit_cppflags)
tests_unit_test_paths_LDADD = $(unit_libs)

tests_unit_test_progress_SOURCES = tests/unit/test_progress.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_progress_CPPFLAGS = $(unit_cppflags)
tests_unit_test_progress_LDADD = $(unit_libs)

tests_unit_test_propagation_SOURCES = tests/unit/test_propagation.c tests/unit/check_main.h
tests_unit_test_propagation_CPPFLAGS = $(unit_cppflags)
tests_unit_test_propagation_LDADD = $(unit_libs)

tests_unit_test_quasi_metric_SOURCES = tests/unit/test_quasi_metric.c tests/unit/check_main.h
tests_unit_test_quasi_metric_CPPFLAGS = $(unit_cppflags)
tests_unit_test_quasi_metric_LDADD = $(unit_libs)

tests_unit_test_ranks_SOURCES = tests/unit/test_ranks.c tests/unit/check_main.h
tests_unit_test_ranks_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ranks_LDADD = $(unit_libs)

tests_unit_test_recipes_SOURCES = tests/unit/test_recipes.c tests/unit/check_main.h
tests_unit_test_recipes_CPPFLAGS = $(unit_cppflags)
tests_unit_test_recipes_LDADD = $(unit_libs)

tests_unit_test_report_SOURCES = tests/unit/test_report.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_report_CPPFLAGS = $(unit_cppflags)
tests_unit_test_report_LDADD = $(unit_libs)

tests_unit_test_rng_SOURCES = tests/unit/test_rng.c tests/unit/check_main.h
tests_unit_test_rng_CPPFLAGS = $(unit_cppflags)
tests_unit_test_rng_LDADD = $(unit_libs)

tests_unit_test_sample_quality_SOURCES = tests/unit/test_sample_quality.c tests/unit/check_main.h \
    tests/unit/point_cases.c tests/unit/point_cases.h
tests_unit_test_sample_quality_CPPFLAGS = $(unit_cppflags)
tests_unit_test_sample_quality_LDADD = $(unit_libs)

tests_unit_test_sampling_SOURCES = tests/unit/test_sampling.c tests/unit/check_main.h
tests_unit_test_sampling_CPPFLAGS = $(unit_cppflags)
tests_unit_test_sampling_LDADD = $(unit_libs)

tests_unit_test_signals_SOURCES = tests/unit/test_signals.c tests/unit/check_main.h tests/unit/child.h
tests_unit_test_signals_CPPFLAGS = $(unit_cppflags)
tests_unit_test_signals_LDADD = $(unit_libs)

tests_unit_test_spacetime_SOURCES = tests/unit/test_spacetime.c tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_spacetime_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spacetime_LDADD = $(unit_libs)

tests_unit_test_sparse_SOURCES = tests/unit/test_sparse.c tests/unit/check_main.h
tests_unit_test_sparse_CPPFLAGS = $(unit_cppflags)
tests_unit_test_sparse_LDADD = $(unit_libs)

tests_unit_test_split_SOURCES = tests/unit/test_split.c tests/unit/check_main.h
tests_unit_test_split_CPPFLAGS = $(unit_cppflags)
tests_unit_test_split_LDADD = $(unit_libs)

tests_unit_test_spread_SOURCES = tests/unit/test_spread.c tests/unit/check_main.h
tests_unit_test_spread_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spread_LDADD = $(unit_libs)

tests_unit_test_statistics_SOURCES = tests/unit/test_statistics.c tests/unit/check_main.h
tests_unit_test_statistics_CPPFLAGS = $(unit_cppflags)
tests_unit_test_statistics_LDADD = $(unit_libs)

tests_unit_test_reachability_SOURCES = tests/unit/test_reachability.c $(dag_shapes)
tests_unit_test_reachability_CPPFLAGS = $(unit_cppflags)
tests_unit_test_reachability_LDADD = $(unit_libs)

tests_unit_test_realizer_SOURCES = tests/unit/test_realizer.c $(dag_shapes)
tests_unit_test_realizer_CPPFLAGS = $(unit_cppflags)
tests_unit_test_realizer_LDADD = $(unit_libs)

tests_unit_test_safetensors_SOURCES = tests/unit/test_safetensors.c tests/unit/check_main.h
tests_unit_test_safetensors_CPPFLAGS = $(unit_cppflags)
tests_unit_test_safetensors_LDADD = $(unit_libs)

tests_unit_test_stream_SOURCES = tests/unit/test_stream.c tests/unit/check_main.h
tests_unit_test_stream_CPPFLAGS = $(unit_cppflags)
tests_unit_test_stream_LDADD = $(unit_libs)

tests_unit_test_bins_SOURCES = tests/unit/test_bins.c tests/unit/check_main.h
tests_unit_test_bins_CPPFLAGS = $(unit_cppflags)
tests_unit_test_bins_LDADD = $(unit_libs)

tests_unit_test_color_SOURCES = tests/unit/test_color.c tests/unit/check_main.h
tests_unit_test_color_CPPFLAGS = $(unit_cppflags)
tests_unit_test_color_LDADD = $(unit_libs)

tests_unit_test_disc_SOURCES = tests/unit/test_disc.c tests/unit/check_main.h
tests_unit_test_disc_CPPFLAGS = $(unit_cppflags)
tests_unit_test_disc_LDADD = $(unit_libs)

tests_unit_test_label_refinement_SOURCES = tests/unit/test_label_refinement.c tests/unit/check_main.h
tests_unit_test_label_refinement_CPPFLAGS = $(unit_cppflags)
tests_unit_test_label_refinement_LDADD = $(unit_libs)

tests_unit_test_labels_SOURCES = tests/unit/test_labels.c tests/unit/check_main.h
tests_unit_test_labels_CPPFLAGS = $(unit_cppflags)
tests_unit_test_labels_LDADD = $(unit_libs)

tests_unit_test_principal_SOURCES = tests/unit/test_principal.c tests/unit/check_main.h
tests_unit_test_principal_CPPFLAGS = $(unit_cppflags)
tests_unit_test_principal_LDADD = $(unit_libs)

tests_unit_test_summary_SOURCES = tests/unit/test_summary.c tests/unit/check_main.h
tests_unit_test_summary_CPPFLAGS = $(unit_cppflags)
tests_unit_test_summary_LDADD = $(unit_libs)

tests_unit_test_threads_SOURCES = tests/unit/test_threads.c tests/unit/check_main.h
tests_unit_test_threads_CPPFLAGS = $(unit_cppflags)
tests_unit_test_threads_LDADD = $(unit_libs)

tests_unit_test_tape_SOURCES = tests/unit/test_tape.c tests/unit/check_main.h
tests_unit_test_tape_CPPFLAGS = $(unit_cppflags)
tests_unit_test_tape_LDADD = $(unit_libs)

tests_unit_test_tensor_SOURCES = tests/unit/test_tensor.c tests/unit/check_main.h
tests_unit_test_tensor_CPPFLAGS = $(unit_cppflags)
tests_unit_test_tensor_LDADD = $(unit_libs)

tests_unit_test_text_SOURCES = tests/unit/test_text.c tests/unit/check_main.h
tests_unit_test_text_CPPFLAGS = $(unit_cppflags)
tests_unit_test_text_LDADD = $(unit_libs)

tests_unit_test_ticks_SOURCES = tests/unit/test_ticks.c tests/unit/check_main.h
tests_unit_test_ticks_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ticks_LDADD = $(unit_libs)

tests_unit_test_time_spacing_SOURCES = tests/unit/test_time_spacing.c tests/unit/check_main.h
tests_unit_test_time_spacing_CPPFLAGS = $(unit_cppflags)
tests_unit_test_time_spacing_LDADD = $(unit_libs)

tests_unit_test_timeline_SOURCES = tests/unit/test_timeline.c tests/unit/check_main.h
tests_unit_test_timeline_CPPFLAGS = $(unit_cppflags)
tests_unit_test_timeline_LDADD = $(unit_libs)

tests_unit_test_schedule_SOURCES = tests/unit/test_schedule.c tests/unit/check_main.h
tests_unit_test_schedule_CPPFLAGS = $(unit_cppflags)
tests_unit_test_schedule_LDADD = $(unit_libs)

tests_unit_test_optimizer_SOURCES = tests/unit/test_optimizer.c \
    tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_optimizer_CPPFLAGS = $(unit_cppflags)
tests_unit_test_optimizer_LDADD = $(unit_libs)

tests_unit_test_space_SOURCES = tests/unit/test_space.c \
    tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_space_CPPFLAGS = $(unit_cppflags)
tests_unit_test_space_LDADD = $(unit_libs)

tests_unit_test_hyperbolic_SOURCES = tests/unit/test_hyperbolic.c tests/unit/check_main.h
tests_unit_test_hyperbolic_CPPFLAGS = $(unit_cppflags)
tests_unit_test_hyperbolic_LDADD = $(unit_libs)

tests_unit_test_spherical_SOURCES = tests/unit/test_spherical.c tests/unit/check_main.h
tests_unit_test_spherical_CPPFLAGS = $(unit_cppflags)
tests_unit_test_spherical_LDADD = $(unit_libs)

tests_unit_test_exponential_map_SOURCES = tests/unit/test_exponential_map.c tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_exponential_map_CPPFLAGS = $(unit_cppflags)
tests_unit_test_exponential_map_LDADD = $(unit_libs)

tests_unit_test_space_neighbours_SOURCES = tests/unit/test_space_neighbours.c tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_space_neighbours_CPPFLAGS = $(unit_cppflags)
tests_unit_test_space_neighbours_LDADD = $(unit_libs)

tests_unit_test_space_neighbours_float_SOURCES = tests/unit/test_space_neighbours.c tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_space_neighbours_float_CPPFLAGS = -I$(srcdir)/lib -I$(srcdir)/tests/unit
tests_unit_test_space_neighbours_float_LDADD = libtesserae.a $(CHECK_LIBS) $(LIBS_OF_TESSERAE)

tests_unit_test_neighbour_graph_SOURCES = tests/unit/test_neighbour_graph.c tests/unit/check_main.h
tests_unit_test_neighbour_graph_CPPFLAGS = $(unit_cppflags)
tests_unit_test_neighbour_graph_LDADD = $(unit_libs)

tests_unit_test_latent_network_SOURCES = tests/unit/test_latent_network.c tests/unit/check_main.h
tests_unit_test_latent_network_CPPFLAGS = $(unit_cppflags)
tests_unit_test_latent_network_LDADD = $(unit_libs)

tests_unit_test_pair_distances_SOURCES = tests/unit/test_pair_distances.c \
    tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_pair_distances_CPPFLAGS = $(unit_cppflags)
tests_unit_test_pair_distances_LDADD = $(unit_libs)

tests_unit_test_training_SOURCES = tests/unit/test_training.c \
    tests/unit/check_main.h tests/unit/child.h tests/unit/scratch.h
tests_unit_test_training_CPPFLAGS = $(unit_cppflags)
tests_unit_test_training_LDADD = $(unit_libs)

tests_unit_test_checkpoint_SOURCES = tests/unit/test_checkpoint.c \
    tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_checkpoint_CPPFLAGS = $(unit_cppflags)
tests_unit_test_checkpoint_LDADD = $(unit_libs)

tests_unit_test_snowflake_SOURCES = tests/unit/test_snowflake.c tests/unit/check_main.h
tests_unit_test_snowflake_CPPFLAGS = $(unit_cppflags)
tests_unit_test_snowflake_LDADD = $(unit_libs)

tests_unit_test_metric_axioms_SOURCES = tests/unit/test_metric_axioms.c \
    tests/unit/check_main.h tests/unit/space_cases.h
tests_unit_test_metric_axioms_CPPFLAGS = $(unit_cppflags)
tests_unit_test_metric_axioms_LDADD = $(unit_libs)

tests_unit_test_model_file_SOURCES = tests/unit/test_model_file.c tests/unit/check_main.h
tests_unit_test_model_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_model_file_LDADD = $(unit_libs)

tests_unit_test_mlp_SOURCES = tests/unit/test_mlp.c tests/unit/check_main.h
tests_unit_test_mlp_CPPFLAGS = $(unit_cppflags)
tests_unit_test_mlp_LDADD = $(unit_libs)

tests_unit_test_multivector_data_SOURCES = tests/unit/test_multivector_data.c \
    tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_multivector_data_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_data_LDADD = $(unit_libs)

tests_unit_test_multivector_fit_SOURCES = tests/unit/test_multivector_fit.c tests/unit/check_main.h
tests_unit_test_multivector_fit_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_fit_LDADD = $(unit_libs)

tests_unit_test_multivector_model_SOURCES = tests/unit/test_multivector_model.c tests/unit/check_main.h \
    tests/unit/scratch.h
tests_unit_test_multivector_model_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_model_LDADD = $(unit_libs)

tests_unit_test_multivector_tasks_SOURCES = tests/unit/test_multivector_tasks.c tests/unit/check_main.h
tests_unit_test_multivector_tasks_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_tasks_LDADD = $(unit_libs)

tests_unit_test_multivector_threads_SOURCES = tests/unit/test_multivector_threads.c tests/unit/check_main.h
tests_unit_test_multivector_threads_CPPFLAGS = $(unit_cppflags)
tests_unit_test_multivector_threads_LDADD = $(unit_libs)

tests_unit_test_embedding_loss_SOURCES = tests/unit/test_embedding_loss.c tests/unit/check_main.h
tests_unit_test_embedding_loss_CPPFLAGS = $(unit_cppflags)
tests_unit_test_embedding_loss_LDADD = $(unit_libs)

tests_unit_test_graph_embedding_SOURCES = tests/unit/test_graph_embedding.c \
    tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_graph_embedding_CPPFLAGS = $(unit_cppflags)
tests_unit_test_graph_embedding_LDADD = $(unit_libs)

tests_unit_test_embedding_start_SOURCES = tests/unit/test_embedding_start.c tests/unit/check_main.h
tests_unit_test_embedding_start_CPPFLAGS = $(unit_cppflags)
tests_unit_test_embedding_start_LDADD = $(unit_libs)

tests_unit_test_embedding_quality_SOURCES = tests/unit/test_embedding_quality.c \
    tests/unit/check_main.h
tests_unit_test_embedding_quality_CPPFLAGS = $(unit_cppflags)
tests_unit_test_embedding_quality_LDADD = $(unit_libs)

tests_unit_test_pairs_SOURCES = tests/unit/test_pairs.c tests/unit/check_main.h
tests_unit_test_pairs_CPPFLAGS = $(unit_cppflags)
tests_unit_test_pairs_LDADD = $(unit_libs)

tests_unit_test_landmarks_SOURCES = tests/unit/test_landmarks.c tests/unit/check_main.h
tests_unit_test_landmarks_CPPFLAGS = $(unit_cppflags)
tests_unit_test_landmarks_LDADD = $(unit_libs)

tests_unit_test_node_table_SOURCES = tests/unit/test_node_table.c \
    tests/unit/check_main.h tests/unit/scratch.h
tests_unit_test_node_table_CPPFLAGS = $(unit_cppflags)
tests_unit_test_node_table_LDADD = $(unit_libs)

tests_unit_test_embedding_fit_SOURCES = tests/unit/test_embedding_fit.c \
    tests/unit/check_main.h tests/unit/child.h tests/unit/scratch.h
tests_unit_test_embedding_fit_CPPFLAGS = $(unit_cppflags)
tests_unit_test_embedding_fit_LDADD = $(unit_libs)

# tests/dist: programs in several processes.
dist_tests = tests/dist/graph-classify.sh tests/dist/pathway-engines.sh \
    tests/dist/pathway-route.sh tests/dist/pathway-slurm.sh tests/dist/ranks.sh

# Engines that want root, network namespaces as hosts, or daemons; `make check` leaves them out.
check-engines: all
	$(MAKE) check ENGINES=yes TESTS='tests/dist/pathway-engines.sh tests/dist/pathway-slurm.sh'
.PHONY: check-engines

# tests/fault: every allocation and every step of writing fails in turn, by a shim.
fault_tests = tests/fault/fault.sh
tests/fault/fail_nth.so: tests/fault/fail_nth.c
	$(AM_V_CC)$(MKDIR_P) tests/fault && \
	    $(CC) -std=gnu11 -O1 $(WARNING_CFLAGS) -shared -fPIC $(srcdir)/tests/fault/fail_nth.c -o $@ -ldl
check_DATA = tests/fault/fail_nth.so
CLEANFILES += tests/fault/fail_nth.so

# tests/fuzz: each fuzzer runs its corpus and fixed mutations of it in `make check`; `make check-fuzz`
# explores with libFuzzer.
fuzz_tests = \
    tests/fuzz/fuzz_denoiser \
    tests/fuzz/fuzz_graph \
    tests/fuzz/fuzz_idx \
    tests/fuzz/fuzz_image \
    tests/fuzz/fuzz_json \
    tests/fuzz/fuzz_multivector \
    tests/fuzz/fuzz_nodes \
    tests/fuzz/fuzz_npy \
    tests/fuzz/fuzz_npz \
    tests/fuzz/fuzz_pathway \
    tests/fuzz/fuzz_reachability \
    tests/fuzz/fuzz_safetensors \
    tests/fuzz/fuzz_spacetime \
    tests/fuzz/fuzz_summary \
    tests/fuzz/fuzz_table
fuzz_driver = tests/fuzz/driver.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_denoiser_SOURCES = tests/fuzz/fuzz_denoiser.c $(fuzz_driver)
tests_fuzz_fuzz_graph_SOURCES = tests/fuzz/fuzz_graph.c $(fuzz_driver)
tests_fuzz_fuzz_idx_SOURCES = tests/fuzz/fuzz_idx.c $(fuzz_driver)
tests_fuzz_fuzz_image_SOURCES = tests/fuzz/fuzz_image.c $(fuzz_driver)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_driver)
tests_fuzz_fuzz_multivector_SOURCES = tests/fuzz/fuzz_multivector.c $(fuzz_driver)
tests_fuzz_fuzz_nodes_SOURCES = tests/fuzz/fuzz_nodes.c $(fuzz_driver)
tests_fuzz_fuzz_npy_SOURCES = tests/fuzz/fuzz_npy.c $(fuzz_driver)
tests_fuzz_fuzz_npz_SOURCES = tests/fuzz/fuzz_npz.c $(fuzz_driver)
tests_fuzz_fuzz_pathway_SOURCES = tests/fuzz/fuzz_pathway.c $(fuzz_driver)
tests_fuzz_fuzz_reachability_SOURCES = tests/fuzz/fuzz_reachability.c $(fuzz_driver)
tests_fuzz_fuzz_safetensors_SOURCES = tests/fuzz/fuzz_safetensors.c $(fuzz_driver)
tests_fuzz_fuzz_spacetime_SOURCES = tests/fuzz/fuzz_spacetime.c $(fuzz_driver)
tests_fuzz_fuzz_summary_SOURCES = tests/fuzz/fuzz_summary.c $(fuzz_driver)
tests_fuzz_fuzz_table_SOURCES = tests/fuzz/fuzz_table.c $(fuzz_driver)

check-fuzz: $(fuzz_tests)
	$(AM_V_at)srcdir='$(srcdir)' builddir='$(builddir)' CPPFLAGS='-D_GNU_SOURCE -DPACKAGE_VERSION="$(VERSION)" $(LIBRARY_CFLAGS)' \
	    LIBS='$(LIBS_OF_TESSERAE)' $(SHELL) $(srcdir)/tests/fuzz/run.sh $(tesserae_sources)
.PHONY: check-fuzz
clean-local-fuzz:
	rm -rf tests/fuzz/llvm
.PHONY: clean-local-fuzz

# tests/bench: `make bench` runs the scripts; they leave out peers that are not installed. Programs
# that they need are built then.
bench_programs = \
    tests/bench/clifford \
    tests/bench/clifford-roofline \
    tests/bench/clifford-threads \
    tests/bench/dag-spacetime \
    tests/bench/denoiser \
    tests/bench/engine \
    tests/bench/graph-classify \
    tests/bench/graph-embed \
    tests/bench/graph-infer \
    tests/bench/leaf \
    tests/bench/reachability \
    tests/bench/reading \
    tests/bench/score-sample \
    tests/bench/spmm \
    tests/bench/unet
bench_steps = tests/bench/steps.c tests/bench/steps.h
tests_bench_clifford_roofline_SOURCES = tests/bench/clifford-roofline.c
tests_bench_clifford_threads_SOURCES = tests/bench/clifford-threads.c
tests_bench_clifford_SOURCES = tests/bench/clifford.c $(bench_steps)
tests_bench_dag_spacetime_SOURCES = tests/bench/dag-spacetime.c $(bench_steps)
tests_bench_graph_classify_SOURCES = tests/bench/graph-classify.c $(bench_steps)
tests_bench_graph_embed_SOURCES = tests/bench/graph-embed.c $(bench_steps)
tests_bench_graph_infer_SOURCES = tests/bench/graph-infer.c $(bench_steps)
tests_bench_leaf_SOURCES = tests/bench/leaf.c $(bench_steps)
tests_bench_score_sample_SOURCES = tests/bench/score-sample.c
tests_bench_unet_SOURCES = tests/bench/unet.c $(bench_steps)
bench_scripts = \
    tests/bench/clifford.sh \
    tests/bench/dag-spacetime.sh \
    tests/bench/denoiser.sh \
    tests/bench/engine.sh \
    tests/bench/graph-classify.sh \
    tests/bench/graph-distance.sh \
    tests/bench/graph-embed.sh \
    tests/bench/graph-infer.sh \
    tests/bench/leaf.sh \
    tests/bench/pathway.sh \
    tests/bench/reachability.sh \
    tests/bench/reading.sh \
    tests/bench/score-sample.sh \
    tests/bench/spmm.sh \
    tests/bench/startup.sh \
    tests/bench/unet.sh
EXTRA_PROGRAMS = $(bench_programs)
bench: all $(bench_programs) tests/pipeline/gaussian_denoiser
	@$(AM_TESTS_ENVIRONMENT) failures=0; \
	for script in $(bench_scripts); do \
	    echo "== $$script"; \
	    $(SHELL) '$(abs_srcdir)'/$$script || [ $$? -eq 77 ] || failures=$$((failures + 1)); \
	done; \
	[ $$failures -eq 0 ]
bench-scale: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) '$(abs_srcdir)'/tests/bench/graph-classify-scale.sh
.PHONY: bench bench-scale

# share/experiments: each has a Makefile that prints its table beside the published one; it runs in
# experiments/NAME of the build. EXPERIMENTS="NAME..." chooses.
experiments: all
	@$(AM_TESTS_ENVIRONMENT) \
	TESSERAE_DATA='$(abs_srcdir)/share/data'; export TESSERAE_DATA; \
	for makefile in '$(abs_srcdir)'/share/experiments/*/Makefile; do \
	    [ -f "$$makefile" ] || continue; \
	    folder=$${makefile%/Makefile}; name=$${folder##*/}; \
	    case " $${EXPERIMENTS-$$name} " in *" $$name "*) ;; *) continue;; esac; \
	    echo "== $$name"; \
	    $(MKDIR_P) "experiments/$$name" && \
	        $(MAKE) -C "experiments/$$name" -f "$$makefile" here="$$folder" || exit; \
	done
.PHONY: experiments

tests_unit_test_vector_math_SOURCES = tests/unit/test_vector_math.c tests/unit/check_main.h
tests_unit_test_vector_math_CPPFLAGS = -I$(srcdir)/lib -I$(srcdir)/tests/unit
tests_unit_test_vector_math_LDADD = libtesserae.a $(CHECK_LIBS) $(LIBS_OF_TESSERAE)

tests_pipeline_gaussian_denoiser_SOURCES = tests/pipeline/gaussian_denoiser.c
tests_pipeline_gaussian_denoiser_LDADD =

check_PROGRAMS = $(unit_tests) $(fuzz_tests) tests/pipeline/gaussian_denoiser
TESTS = $(unit_tests) $(pipeline_tests) $(fuzz_tests) $(dist_tests) $(fault_tests)
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(SHELL)
if SANITIZERS
sanitizers = yes
else
sanitizers = no
endif
if WITH_MPI
with_mpi = yes
else
with_mpi = no
endif
AM_TESTS_ENVIRONMENT = \
    srcdir='$(abs_srcdir)'; export srcdir; \
    builddir='$(abs_builddir)'; export builddir; \
    PYTHON='$(PYTHON)'; export PYTHON; \
    PATH='$(abs_builddir)/bin':$$PATH; export PATH; \
    PROGRAMS='$(bin_PROGRAMS)'; export PROGRAMS; \
    SANITIZERS=$(sanitizers); export SANITIZERS; \
    CK_DEFAULT_TIMEOUT=0; export CK_DEFAULT_TIMEOUT; \
    WITH_MPI=$(with_mpi); export WITH_MPI; \
    ENGINES='$(ENGINES)'; export ENGINES; \
    ASAN_OPTIONS=allocator_may_return_null=1:$$ASAN_OPTIONS; export ASAN_OPTIONS; \
    LSAN_OPTIONS=print_suppressions=0:suppressions='$(abs_srcdir)/tests/lsan.supp'; \
    export LSAN_OPTIONS;
EXTRA_DIST += $(pipeline_tests) tests/pipeline/lib.sh tests/lsan.supp $(dist_tests) $(fault_tests) \
    tests/fault/fail_nth.c tests/fault/jobs.sh tests/fuzz/run.sh tests/fuzz/corpus \
    $(bench_scripts) tests/bench/clifford.py tests/bench/dag-spacetime.py \
    tests/bench/graph-classify-scale.sh tests/bench/graph-classify.py tests/bench/graph-distance.py \
    tests/bench/graph-embed.py tests/bench/graph-infer.py tests/bench/leaf.py tests/bench/pathway.py tests/bench/reading.py \
    tests/bench/score-sample.py tests/bench/steps.py tests/bench/unet.py
