"""What templates show, made from what is stored: words, numbers and marks, ready to be printed."""
