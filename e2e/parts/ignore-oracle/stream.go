package main

import (
	"context"
	"os"

	"github.com/tonistiigi/fsutil/types"
)

const modeType = uint32(os.ModeType)

// packet is what the client said; its own packets share memory.
type packet struct {
	stat  *types.Stat
	bytes int
}

// stream is the client's end of a connection.
type stream struct {
	ctx      context.Context
	toDaemon chan packet
	toClient chan *types.Packet
}

func (s stream) Context() context.Context { return s.ctx }

func (s stream) SendMsg(message any) error {
	given := message.(*types.Packet)
	select {
	case s.toDaemon <- packet{stat: given.Stat, bytes: len(given.Data)}:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s stream) RecvMsg(message any) error {
	select {
	case asked := <-s.toClient:
		into := message.(*types.Packet)
		into.Type, into.ID, into.Data = asked.Type, asked.ID, nil
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}
