package io.weft.server.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Map<String, String> WORDS = Map.of("question", "trace");

    private final Questions questions = new Questions();

    @Test
    void aQuestionReachesTheHostThatWaitsAndItsAnswerWhoAsked() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            make("one");
            var asking = threads.submit(() -> questions.ask("one", WORDS, PATIENT));
            Questions.Question question = questions.take("one", PATIENT).orElseThrow();
            assertThat(question.words()).isEqualTo(WORDS);
            questions.answer("two", question.number(), bytes("a stranger's"));
            questions.answer("one", question.number() + 1, bytes("to nothing"));
            questions.answer("one", question.number(), bytes("its own"));
            assertThat(asking.get())
                    .isInstanceOfSatisfying(
                            Questions.Answered.class,
                            answered -> assertThat(answered.body()).isEqualTo(bytes("its own")));
        }
    }

    @Test
    void whoeverAsksAHostThatNeverCameIsToldAtOnce() {
        assertThat(questions.ask("one", WORDS, PATIENT)).isInstanceOf(Questions.Silent.class);
    }

    @Test
    void aQuestionThatNobodyAnswersInTimeIsTakenBack() throws Exception {
        make("one");
        assertThat(questions.ask("one", WORDS, Duration.ofMillis(1)))
                .isInstanceOfSatisfying(
                        Questions.Silent.class,
                        silent -> assertThat(silent.why()).contains("did not answer"));
        assertThat(questions.take("one", Duration.ZERO)).isEmpty();
    }

    @Test
    void onlySoManyQuestionsWaitForAHost() throws Exception {
        make("one");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Questions.Reply>> asking = new ArrayList<>();
            for (int i = 0; i < 17; i++) {
                asking.add(CompletableFuture.supplyAsync(() -> questions.ask("one", WORDS, PATIENT), threads));
            }
            Object first = CompletableFuture.anyOf(asking.toArray(CompletableFuture[]::new))
                    .get();
            assertThat(first)
                    .isInstanceOfSatisfying(
                            Questions.Silent.class,
                            silent -> assertThat(silent.why()).contains("too many"));
            for (int i = 0; i < 16; i++) {
                long number = questions.take("one", PATIENT).orElseThrow().number();
                questions.answer("one", number, bytes("yes"));
            }
            assertThat(asking.stream().filter(reply -> reply.join() instanceof Questions.Answered))
                    .hasSize(16);
        }
    }

    /** Lets a host have its channel. */
    private void make(String host) throws InterruptedException {
        assertThat(questions.take(host, Duration.ZERO)).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
