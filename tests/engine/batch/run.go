// One program of many snippets: the argument tells which one to run.
package main

import (
	"os"
	"strconv"
)

func main() {
	number, _ := strconv.Atoi(os.Args[1])
	switch number {
	// the snippets
	default:
		os.Exit(126)
	}
}
