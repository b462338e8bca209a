"""The tutor: questions from cited passages, marks with reasons, progress, a concept map."""
