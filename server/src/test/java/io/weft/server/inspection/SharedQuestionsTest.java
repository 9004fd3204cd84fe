package io.weft.server.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.KeyRange;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two servers over one store; the agent of a host is connected to one of them. */
class SharedQuestionsTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Map<String, String> WORDS = Map.of("question", "trace", "port_id", "p");

    private final EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    private final Questions channelsOfOne = new Questions();
    private final Questions channelsOfOther = new Questions();
    private final SharedQuestions one = SharedQuestions.open(store, channelsOfOne, host -> !host.equals("dead"));
    private final SharedQuestions other = SharedQuestions.open(store, channelsOfOther, host -> true);

    @AfterEach
    void close() {
        one.close();
        other.close();
        store.close();
    }

    @Test
    void aQuestionReachesAnAgentOfTheOtherServerAndNothingOfItStays() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waiting = threads.submit(() -> {
                Questions.Question question =
                        channelsOfOther.take("host", PATIENT).orElseThrow();
                assertThat(question.words()).isEqualTo(WORDS);
                channelsOfOther.answer("host", question.number(), "its own".getBytes(StandardCharsets.UTF_8));
                return question;
            });
            while (!channelsOfOther.isConnected("host")) {
                Thread.onSpinWait();
            }
            assertThat(one.ask("host", WORDS, PATIENT))
                    .isInstanceOfSatisfying(
                            Questions.Answered.class,
                            answered -> assertThat(new String(answered.body(), StandardCharsets.UTF_8))
                                    .isEqualTo("its own"));
            waiting.get();
            assertThat(store.range(KeyRange.prefix("inspection/"), 0, 0).entries())
                    .isEmpty();
        }
    }

    @Test
    void whatTheOtherServerSaysInTheNodesPlaceArrivesToo() throws Exception {
        // It was there a moment ago, and takes no question now.
        assertThat(channelsOfOther.take("host", Duration.ZERO)).isEmpty();
        Walk walk = new Walk(one);
        assertThat(walk.ask("host", WORDS, Duration.ofMillis(1)).path("silent").asString(""))
                .contains("did not answer");
    }

    @Test
    void aNodeThatIsConnectedNowhereIsNotWaitedFor() {
        assertThat(one.ask("dead", WORDS, PATIENT))
                .isInstanceOfSatisfying(
                        Questions.Silent.class,
                        silent -> assertThat(silent.why()).contains("not connected"));
        assertThat(store.range(KeyRange.prefix("inspection/"), 0, 0).entries()).isEmpty();
    }

    @Test
    void aNodeThatIsSaidToBeConnectedAndIsNotIsGivenUp() {
        assertThat(one.ask("nobody", WORDS, Duration.ofMillis(1))).isInstanceOf(Questions.Silent.class);
        assertThat(store.range(KeyRange.prefix("inspection/"), 0, 0).entries()).isEmpty();
    }
}
