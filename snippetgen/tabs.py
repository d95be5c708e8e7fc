"""The Markdown extension under the name that `mkdocs.yml` lists: `markdown_extensions: [snippetgen.tabs]`."""

from snippetgen.site.markdown_extension import makeExtension

__all__ = ["makeExtension"]
