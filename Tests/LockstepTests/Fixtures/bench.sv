/// y = x + w + k + table[x mod 8] elementwise, s = the sum of a row's x; keep and last pass through.
/// Rows of x; one w and one s a row; w is taken with the row's last beat. Everything signed but keep
/// and last. `cfg_fault_i` selects one of the faults that the harness must find; 0 is none.
/// Latency 2 cycles, one beat a cycle.
module bench #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned Width = 8
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  input  logic signed [7:0]           cfg_k_i,
  input  logic        [5:0]           cfg_fault_i,

  input  logic                        table_valid_i,
  output logic                        table_ready_o,
  input  logic signed [7:0]           table_entry_i,

  input  logic                        x_valid_i,
  output logic                        x_ready_o,
  input  logic [Lanes-1:0][Width-1:0] x_data_i,
  input  logic [Lanes-1:0]            x_keep_i,
  input  logic                        x_last_i,

  input  logic                        w_valid_i,
  output logic                        w_ready_o,
  input  logic signed [7:0]           w_data_i,

  output logic                        y_valid_o,
  input  logic                        y_ready_i,
  output logic [Lanes-1:0][11:0]      y_data_o,
  output logic [Lanes-1:0]            y_keep_o,
  output logic                        y_last_o,

  output logic                        s_valid_o,
  input  logic                        s_ready_i,
  output logic signed [19:0]          s_data_o
);

  typedef enum logic [5:0] {
    None, WrongValue, DroppedBeat, DuplicatedBeat, ExtraBeatAtTheEnd, Hang,
    ValidWithdrawn, PayloadChanges, ValidWaitsForReady, ValueDependsOnTiming, UnresetBit,
    UnresetWord, SurvivesReset, Fatal, Assertion, Finish,
    PayloadWithoutValid, LanesLeak, KeepIgnored, SettingOfThePreviousRow,
    TableEntryNotWritten, InputNeverConsumed, OutputNeverMoves, LastEarly, ReadyIgnored,
    LastSumMissing, AlwaysBusy, ExtraBeatWhileLoading, TableNeverConsumed, Stop,
    BreaksEveryRule, SwallowsInput, SignLost, Echo, TableAwaited, TableOvertakes,
    Hurried, HurriedToo, TableRests, LongWait, TwoFaces, FarEcho, TableBegun, TableKept
  } fault_e;

  fault_e fault;
  assign fault = fault_e'(cfg_fault_i);

  logic        fire, busy, y_space, s_space, y_full, s_full;
  logic [15:0] row_d, row_q, beat_d, beat_q, idle_d, idle_q;

  // Table.

  logic signed [7:0] entries [8];
  // The uppermost bit: whole.
  logic [3:0]        place_q;
  logic              load;

  assign table_ready_o = fault != TableNeverConsumed;
  assign load          = table_valid_i && table_ready_o;

  always_ff @(posedge clk_i) begin
    if (load && !(fault == TableEntryNotWritten && place_q == 5)) begin
      entries[place_q[2:0]] <= table_entry_i;
    end
    if (load) place_q <= 4'(place_q[2:0]) + 4'd1;
    if (!rst_ni) place_q <= '0;
  end

  // Whether a table is whole, or has been, and the next one has begun with one entry only.
  logic begun_q;
  // Whether a table was ever whole. Nothing resets it; it has an initial value.
  logic kept_q = 1'b0;
  logic table_there;

  always_ff @(posedge clk_i) begin
    begun_q <= rst_ni && (place_q[3] || (begun_q && place_q == 4'd1));
    if (rst_ni && place_q[3]) kept_q <= 1'b1;
  end

  assign table_there = place_q[3]
                    || !(fault inside {TableAwaited, TableOvertakes, TableRests, TableBegun,
                                       TableKept})
                    || (fault == TableBegun && begun_q && place_q == 4'd1)
                    || (fault == TableKept && kept_q);

  // Which setting a row sees.

  logic signed [7:0] k, k_row_q;

  always_ff @(posedge clk_i) begin
    if (fire && x_last_i) k_row_q <= cfg_k_i;
    if (!rst_ni) k_row_q <= '0;
  end

  always_comb begin
    k = cfg_k_i;
    if (fault == SettingOfThePreviousRow) k = k_row_q;
  end

  // Cycles since a setting changed, up to 31, and whether it followed another one sooner than that; the ones
  // that come with the end of reset do not count.

  logic [13:0] settings_q;
  logic [4:0]  rested_q;
  logic [1:0]  age_q;
  logic        spoilt_q;

  always_ff @(posedge clk_i) begin
    settings_q <= {cfg_k_i, cfg_fault_i};
    if (rested_q != '1) rested_q <= rested_q + 5'd1;
    if (settings_q != {cfg_k_i, cfg_fault_i}) begin
      if (age_q == '1) rested_q <= '0;
      spoilt_q <= rested_q != '1;
    end
    if (age_q != '1) age_q <= age_q + 2'd1;
    if (!rst_ni) begin
      age_q    <= '0;
      rested_q <= '1;
      spoilt_q <= 1'b0;
    end
  end

  // Registers that nothing resets. The last one has an initial value.

  logic                unreset_bit_q;
  logic        [11:0]  unreset_word_q;
  logic signed [19:0]  residue_q = '0;

  always_ff @(posedge clk_i) begin
    unreset_bit_q  <= unreset_bit_q;
    unreset_word_q <= unreset_word_q;
  end

  // Elements.

  logic [Lanes-1:0][11:0] y;
  logic [Lanes-1:0]       y_keep;
  logic signed [19:0]     sum_d, sum_q, total;
  logic                   y_last;

  // Cycles since a beat with 100 in lane 0.
  logic [15:0] past_q;

  always_ff @(posedge clk_i) begin
    past_q <= rst_ni ? {past_q[14:0], fire && signed'(8'(x_data_i[0])) == 8'sd100} : '0;
  end

  // One cycle behind the beat: what stands on the pins where nobody is valid.
  logic [Lanes-1:0][Width-1:0] x, x_q;

  always_comb begin
    total = fault == SurvivesReset ? residue_q : sum_q;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      if (x_keep_i[lane] || fault == KeepIgnored) total += 20'(signed'(x[lane]));
    end
    if (fault == TwoFaces && w_data_i == 8'sd11 && row_q < 5) total += 20'd1;
    sum_d = x_last_i ? '0 : total;
  end

  assign x = x_data_i;

  always_comb begin
    y_keep = x_keep_i;
    y_last = x_last_i;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      y[lane] = 12'(signed'(x[lane])) + 12'(w_data_i) + 12'(k)
              + 12'(entries[x[lane][2:0]]);
      if (fault == SignLost) begin
        y[lane] = 12'(x[lane]) + 12'(w_data_i) + 12'(k) + 12'(entries[x[lane][2:0]]);
      end
      if ((fault == Hurried || fault == HurriedToo) && spoilt_q) y[lane] += 12'd1;
      if (fault == LongWait && waited_long_q) y[lane] += 12'd1;
      if (fault == UnresetBit) y[lane][0] = y[lane][0] ^ unreset_bit_q;
      if (fault == UnresetWord) y[lane] = y[lane] ^ unreset_word_q;
      if (fault == ValueDependsOnTiming && y_count_q > 4) y[lane] += 12'd1;
      if (!x_keep_i[lane] && fault != LanesLeak) y[lane] = '0;
    end
    if (fault == TwoFaces && w_data_i == 8'sd11 && row_q >= 5) y[0] += 12'd1;
    if (fault == WrongValue && row_q == 5 && beat_q == 1) y[2] += 12'd3;
    if (fault == Echo && past_q[4] && fire) y[0] += 12'd1;
    if (fault == FarEcho && past_q[15] && fire) y[0] += 12'd1;
    if (fault == LastEarly && row_q == 6) y_last = 1'b1;
  end

  always_comb begin
    row_d  = row_q;
    beat_d = beat_q;
    idle_d = x_valid_i ? '0 : idle_q + 16'd1;
    if (fire) begin
      beat_d = x_last_i ? '0 : beat_q + 16'd1;
      if (x_last_i) row_d = row_q + 16'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    row_q     <= rst_ni ? row_d : '0;
    beat_q    <= rst_ni ? beat_d : '0;
    idle_q    <= rst_ni ? idle_d : '0;
    if (fire) sum_q <= sum_d;
    if (!rst_ni) sum_q <= '0;
    if (fire) residue_q <= sum_d;
    x_q <= x_data_i;
  end

  // Handshake: a beat is taken with its row's w.

  logic stuck;

  assign stuck     = (fault == Hang && row_q == 7) || twice_q;
  assign fire      = x_valid_i && x_ready_o;
  assign x_ready_o = (fault == SwallowsInput && row_q >= 8)
                  || ((w_valid_i || fault == InputNeverConsumed) && y_space && s_space && !stuck
                  && table_there);
  assign w_ready_o = x_valid_i && x_last_i && x_ready_o && fault != InputNeverConsumed;
  assign y_space   = !y_full || fault == ReadyIgnored;
  assign s_space   = !s_full || fault == ReadyIgnored;

  // Results wait in two queues, y's entries one cycle in a register before.

  localparam int unsigned YBits = Lanes * 12 + Lanes + 1;

  logic             push_q, twice_q, extra, extra_q, s_push, swallow;
  logic [YBits-1:0] beat_in, stage_q;
  logic [3:0]       y_count_q;
  logic             y_valid, y_taken, withdraw_q, waited_q;
  logic [YBits-1:0] y_head;

  assign swallow = (fault == DroppedBeat && row_q == 3 && beat_q == 0)
                || (fault == SwallowsInput && row_q >= 8);
  assign extra = (fault == ExtraBeatAtTheEnd && idle_q == 40 && row_q != 0)
              || (fault == ExtraBeatWhileLoading && load && row_q != 0 && place_q == 2);

  always_ff @(posedge clk_i) begin
    push_q  <= rst_ni && fire && !swallow;
    twice_q <= rst_ni && fire && fault == DuplicatedBeat && row_q == 3 && x_last_i;
    extra_q <= rst_ni && (extra || twice_q);
    if (fire || extra) stage_q <= {y, y_keep, y_last};
  end

  always_comb begin
    beat_in = stage_q;
    if (fault == PayloadWithoutValid && !x_valid_i) begin
      for (int unsigned lane = 0; lane < Lanes; lane++) begin
        if (stage_q[lane+1]) begin
          beat_in[1+Lanes+lane*12+:12] = stage_q[1+Lanes+lane*12+:12]
              + 12'(signed'(x_data_i[lane])) - 12'(signed'(x_q[lane]));
        end
      end
    end
  end

  bench_queue #(.Width(YBits)) u_y (
    .clk_i, .rst_ni,
    .push_i (push_q || extra_q),
    .data_i (beat_in),
    .full_o (y_full),
    .valid_o(y_valid),
    .pop_i  (y_taken),
    .data_o (y_head),
    .count_o(y_count_q)
  );

  assign y_taken = y_valid_o && y_ready_i;
  always_ff @(posedge clk_i) begin
    waited_q   <= rst_ni && y_valid_o && !y_ready_i;
    withdraw_q <= rst_ni && y_valid_o && !y_ready_i && waited_q && !withdraw_q;
  end

  // Whether y has ever waited for four cycles. Nothing resets it; it has an initial value.
  logic [2:0] wait_q;
  logic       waited_long_q = 1'b0;

  always_ff @(posedge clk_i) begin
    wait_q <= rst_ni && y_valid_o && !y_ready_i ? wait_q + 3'(wait_q != '1) : '0;
    if (rst_ni && y_valid_o && !y_ready_i && wait_q == 3'd3) waited_long_q <= 1'b1;
  end

  always_comb begin
    y_valid_o = y_valid && fault != OutputNeverMoves;
    if (fault == ValidWithdrawn && withdraw_q) y_valid_o = 1'b0;
    if (fault == ValidWaitsForReady) y_valid_o = y_valid && y_ready_i;
    {y_data_o, y_keep_o, y_last_o} = y_head;
    if (fault == PayloadChanges && waited_q && !y_ready_i) y_data_o[0] = ~y_data_o[0];
    if (fault == TableOvertakes && load) y_data_o[0] = ~y_data_o[0];
    if (fault == BreaksEveryRule && waited_q) begin
      y_data_o[0] = y_data_o[0] ^ {12{idle_q[0] ^ toggle_q}};
    end
  end

  logic toggle_q;
  always_ff @(posedge clk_i) toggle_q <= rst_ni && !toggle_q;

  logic [3:0] unused_s_count;

  assign s_push = fire && x_last_i && !(fault == LastSumMissing && row_q == 3);

  bench_queue #(.Width(20)) u_s (
    .clk_i, .rst_ni,
    .push_i (s_push),
    .data_i (total),
    .full_o (s_full),
    .valid_o(s_valid_o),
    .pop_i  (s_valid_o && s_ready_i),
    .data_o (s_data_o),
    .count_o(unused_s_count)
  );

  // What the RTL itself finds wrong.

  assign busy = beat_q != 0 || push_q || y_valid || s_valid_o || fault == AlwaysBusy;

  SettingsRest: assert property (@(posedge clk_i) disable iff (!rst_ni) (busy |-> $stable(cfg_k_i)))
      else $error("a setting changed in flight");
  TableRestsWithData: assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(fault == TableRests && fire && table_valid_i))
      else $error("a table entry is offered while data is taken");
  RowNine: assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(fire && fault == Assertion && row_q == 9))
      else $error("row nine");

  always_ff @(posedge clk_i) begin
    if (rst_ni && fire && fault == Fatal && row_q == 9) $fatal(1, "row nine is fatal");
    if (rst_ni && fire && fault == Finish && row_q == 9) $finish;
    if (rst_ni && fire && fault == Stop && row_q == 9) $stop;
  end

endmodule

/// Eight entries; a push into a full queue is lost.
module bench_queue #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             full_o,

  output logic             valid_o,
  input  logic             pop_i,
  output logic [Width-1:0] data_o,
  output logic [3:0]       count_o
);

  logic [Width-1:0] memory [8];
  logic [2:0]       write_q, read_q;
  logic [3:0]       count_q;
  logic             push;

  assign push = push_i && count_q != 4'd8;

  always_ff @(posedge clk_i) begin
    if (push) memory[write_q] <= data_i;
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      count_q <= '0;
    end else begin
      if (push) write_q <= write_q + 3'd1;
      if (pop_i) read_q <= read_q + 3'd1;
      count_q <= count_q + 4'(push) - 4'(pop_i);
    end
  end

  // Two entries are kept for what is on its way.
  assign full_o  = count_q >= 4'd6;
  assign valid_o = count_q != '0;
  assign data_o  = memory[read_q];
  assign count_o = count_q;

endmodule
