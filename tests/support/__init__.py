"""What tests share. No test stands here but those of what is shared."""
