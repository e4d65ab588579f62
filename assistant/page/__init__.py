"""The page: Gradio's frame, our own type and manners."""
