"""Classic mistakes of knowledge distillation, made on purpose."""
