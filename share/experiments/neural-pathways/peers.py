"""Other learners on the same rows: python3 peers.py TRAIN TEST SEED prints method,1,rmse,, for each."""
import sys

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.compose import TransformedTargetRegressor

train, test = (np.loadtxt(name, delimiter=",", skiprows=1) for name in sys.argv[1:3])
seed = int(sys.argv[3])
perceptron = MLPRegressor((64, 64), max_iter=200, early_stopping=True, n_iter_no_change=20,
                          learning_rate_init=0.002, batch_size=min(64, len(train)), random_state=seed)
learners = {
    "random forest of 200 trees": RandomForestRegressor(200, random_state=seed, n_jobs=1),
    "scikit-learn MLP 64 64": TransformedTargetRegressor(
        make_pipeline(StandardScaler(), perceptron), transformer=StandardScaler()),
}
try:
    from xgboost import XGBRegressor

    learners["XGBoost of 1000 rounds"] = XGBRegressor(
        n_estimators=1000, learning_rate=0.05, max_depth=6, subsample=0.8, tree_method="hist",
        random_state=seed, n_jobs=1)
except ImportError:
    pass
for name, learner in learners.items():
    learner.fit(train[:, :-1], train[:, -1])
    error = learner.predict(test[:, :-1]) - test[:, -1]
    print(f"{name},1,{np.sqrt(np.mean(error ** 2)):.6g},,")
