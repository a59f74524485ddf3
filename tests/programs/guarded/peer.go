// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// peer client PORT: connects, says so, and waits for the end of the connection.
// peer server: says on which port it listens, and sends back what it gets.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	if os.Args[1] == "client" {
		connection, err := net.Dial("tcp", "127.0.0.1:"+os.Args[2])
		must(err)
		fmt.Println("connected")
		_, err = io.Copy(io.Discard, connection)
		must(err)
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("listens on %d.\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		must(err)
		go io.Copy(connection, connection)
	}
}
