import History
import Testing

@Suite struct HistoryErrorTests {
  @Test(arguments: [
    (
      HistoryError.damaged(path: "h", reason: "file is not a database"),
      "the history h is damaged (file is not a database); move it away, and the next run of the gate begins "
        + "a new one; reports that were kept come back with cosim history import"
    ),
    (
      .foreign(path: "h"),
      "h is a database of another program; name another file for the history"
    ),
    (
      .newer(path: "h", form: "9"),
      "the history h was written by a newer cosim (form '9'); use that one, or name another file"
    ),
    (.cannotOpen(path: "h", reason: "no"), "cannot open the history h: no"),
    (.cannotWrite(path: "h", reason: "no"), "cannot write to the history h: no; it is as it was"),
    (
      .busy(path: "h", seconds: 20),
      "cannot write to the history h: another process has held it for 20 seconds; it is as it was"
    ),
    (.missing(path: "h"), "there is no history h yet; cosim gate begins one"),
  ])
  func anErrorSaysWhatWasFoundAndWhatToDo(_ error: HistoryError, _ text: String) {
    #expect("\(error)" == text)
  }
}
