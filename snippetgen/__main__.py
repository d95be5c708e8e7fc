from snippetgen.cli.main import main

main()
