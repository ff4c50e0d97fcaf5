package main

import (
	"context"
	"io"

	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

// send lets fsutil send a folder as BuildKit's client does, and takes all of it as BuildKit's daemon does.
func send(root string, patterns []string) (sent, emptied [][]byte, err error) {
	folder, err := fsutil.NewFS(root)
	if err != nil {
		return nil, nil, err
	}
	filtered, err := fsutil.NewFilterFS(folder, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	link := stream{ctx: ctx, toDaemon: make(chan packet), toClient: make(chan *types.Packet, 1)}
	ended := make(chan error, 1)
	go func() { ended <- fsutil.Send(ctx, link, filtered, nil) }()
	received, err := receive(link, ended)
	if err != nil {
		return nil, nil, err
	}
	sent, emptied = [][]byte{}, [][]byte{}
	for _, file := range received {
		sent = append(sent, []byte(file.stat.Path))
		if file.isRequested && file.stat.Size > 0 && file.bytes == 0 {
			emptied = append(emptied, []byte(file.stat.Path))
		}
	}
	return sent, emptied, nil
}

type receivedFile struct {
	stat        *types.Stat
	isRequested bool
	bytes       int
}

// receive takes the list first and asks for the files then, one by one.
func receive(link stream, ended <-chan error) ([]*receivedFile, error) {
	files := []*receivedFile{}
	next := func() (packet, error) {
		select {
		case given := <-link.toDaemon:
			return given, nil
		case err := <-ended:
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return packet{}, err
		}
	}
	for {
		given, err := next()
		if err != nil {
			return nil, err
		}
		if given.stat == nil {
			break
		}
		files = append(files, &receivedFile{stat: given.stat})
	}
	for id, file := range files {
		// Neither directories nor links have content.
		if file.stat.Mode&modeType != 0 || file.stat.Linkname != "" {
			continue
		}
		file.isRequested = true
		link.toClient <- &types.Packet{Type: types.PACKET_REQ, ID: uint32(id)}
		for {
			given, err := next()
			if err != nil {
				return nil, err
			}
			if given.bytes == 0 {
				break
			}
			file.bytes += given.bytes
		}
	}
	link.toClient <- &types.Packet{Type: types.PACKET_FIN}
	if _, err := next(); err != nil {
		return nil, err
	}
	return files, <-ended
}
