"""The composer: copy from facts and phrase banks, without a model."""
