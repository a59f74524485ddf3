// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// As waits.c: a TCP socket, "up", and waiting.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	// Looking a name up is what makes Go link the C library, where it may.
	net.LookupHost("localhost")
	config := net.ListenConfig{KeepAlive: -1}
	_, err := config.Listen(nil, "tcp4", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println("up")
	os.Stdin.Read(make([]byte, 1))
}
