#!/bin/sh
echo deploy
make image
