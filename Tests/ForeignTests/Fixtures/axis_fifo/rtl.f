// as the project's own simulation reads it
+incdir+include
axis_fifo.v
