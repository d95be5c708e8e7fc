"""The Markdown extension, with the name used in `mkdocs.yml`: `markdown_extensions: [snippetgen.tabs]`."""

from snippetgen.site.markdown_extension import makeExtension

__all__ = ["makeExtension"]
