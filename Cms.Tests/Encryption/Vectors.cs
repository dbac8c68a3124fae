namespace Cms.Tests.Encryption;

/// <summary>Keys and files that another implementation of <c>docs/formats/encryption.md</c> made, in Python with its package cryptography.</summary>
internal static class Vectors
{
    /// <summary>The identity of the number 0x0102...20.</summary>
    public const string Identity =
        "cms-identity:1:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gBFFcPW6545a5BNP+yn9U/c0MwemXvzddylFa0KbDtANfRTa+OlDzGPv5pUdZAqIhUCvvDVfgjFOyzApW8X2fk1SqYeV"
        + "C";

    /// <summary>The text <c>config gate 'north'</c> and a line break, encrypted to it with the number 0x2122...40 made for the file.</summary>
    public const string File =
        "434d53454e435231014b2efa152794e4f8041f140146bfb1b251f84f4ddbe0d4cdcfd77afd984a9520e35794021f8312bb9eec995a08b1fa7704df3dcc0b50a9665263fb7711f95f9f8a44"
        + "9c5096e47c892bf096ec8af9cfde2721d26aba1980e3299bbaac2e1c49030310c799046ad814e92b3a7ef2";

    /// <summary>What is derived of the secrets 00, 01 to 3f.</summary>
    public const string DerivedKey = "43fdbaf325a20b0383e75a63dcca6ee3ec99b6b955565b7f37b9bdbd6f84a8c5";

    /// <summary>The same number with the seed 00, 01 to 3f of ML-KEM-768.</summary>
    public const string HybridIdentity =
        "cms-identity:1:AgECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gBFFcPW6545a5BNP+yn9U/c0MwemXvzddylFa0KbDtANfRTa+OlDzGPv5pUdZAqIhUCvvDVfgjFOyzApW8X2fk1QAAQI"
        + "DBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/U9yBAA==";

    /// <summary>Its recipient.</summary>
    public const string HybridRecipient =
        "cms-recipient:1:AgRRXD1uueOWuQTT/sp/VP3NDMHpl783XcpRWtCmw7QDX0U2vjpQ8xj7+aVHWQKiIVAr7w1X4IxTsswKVvF9n5NUKYqhDUI8jdoGnQK8WebN8DoJa4s9pMq5uAykoUkHZyzO8e"
        + "xPryNKC8W36dRz8rMTOzsmodF1y2engFkZaZwC92UxuZxfiRgHBLtMpFNcW4lyZ5xmCgfF5RS4cAnIYuuPUVdpXvs/xAqd72uBwcwCokmuTwlK0Nm9NIXBwcaAgFIKfIxjIDLO5zgVTlxRdsB9pWAk"
        + "d2pDD+durPZlo/e4MhAiFbyC8Qk5yDVXBDNqj6wdgeS7BIWqXXx01rWbvlxelyoNi6xBG1W11VV81oChqPcbTrhrxIyaBQlzGlS9nXKQsnlj5DctybGZz9ysCwGs0opiOVES5MQ2SNYixIyCNNAUQO"
        + "jMN2ySfyOlr8msBHTGYidOQkUlyFUuzjs/4mUW3pAbx9UVveiVWOYmyVyAuTNC+AEABPOebGyUhxxeNEyrOWbINfmpalmv0xxAKGs4scGnhHC6uUdRiTRFPOhnNqkZ8fWm1RCob1RU/DmAy1x2W9K9"
        + "X3s2sUENZjXIzrR8TdoNdqKOrJOcccMCSASGbHFiZlhEIWPCwiEX5QrO/OY3iphWUjAqTvDCzgzHFrd5bitrLjd336GsPaJZoxtam1MPjLY4qBpirDAYSauvlacwG9owBokJv9t+Z9vMuzilVRolsa"
        + "Og9oV0itV1PYiA8AFsYnSGFmOExVcf4jZZADZNA4MR4th12zZmhpMrXsYCQwo2noem71wzh4ZleCW9TAV6zrkj6wk15pBeY7TO1/gIV6dz3WSxUNJmEuqawSBS2yAXvxhDzLSzKBtpDccorfqFwAKB"
        + "uOPAkoczX4VrT8KJL2mi9XkhraAZFMQJiGYtV3aWYqeGNRubZkk9q3lZTZht4hANZboP9OpYuBU40kpENaJY+sJUBKp/QfZYsThQZeFY3LYBFXMnIPQEWaqsFeQGlTqQrFKZfRzNBwBg78ZdueZTNU"
        + "Rn+tVuxxPIbnVAxCOs8mafUvpvSsaIjYce8+hHwCmoqvu5LheySqB5sfQZumF1tEKvsRkJ1KVrcKAzWyhzkhiqfJNI4sPC8+s9FaQeZBfA3ZS/6yFBmzEae7E6GAu+gzIYqaaxdEfMhfIlhZWHpzB3"
        + "BJrLz9RNDwJUOOFdFTgnDVhuG/gxkqlFnPY8DpcvhSl2eYMezxIVCYUcuDQPbxB7D6Gg79GzaoGJvAhcT1y3hOVT9BuRj4A5fOGVb3hb7jd8qaqL5pmK2jDCa3w9jGtVJUzJYgOyDEKu4KxOHrtAjk"
        + "mp4/h50KsHhetwJUJdEwWiKZwBXhINFjsOGUlM5XJT0CRtGCdFy4GXq3Q4s8G7eXK+xaMG66NWeFXAFGmf72WuVMdwoNhcGEAM9kKu3GYHd7pLE4UCvVp4EvYh+EpIKWuY3UMitvFYKLio8OAKi6RK"
        + "U8OosUNXGwdAq9Vn2vHN6cecIEttXiWdF2ajG7vLTmoFz0UCF2swHBwvQSR3UBV7zshegJswpNYNd0fN0PW5mqjIJph1F3k6qoCAoLEkqFWN9yu+N7dfTtu2voIW1sYz+ysigOJRE9hpXkNIHD7rOX"
        + "6xklBSKbZ6IB6ok8PiyzLai8NC+k3qBXh3W3yV";

    /// <summary>The same text, encrypted to that.</summary>
    public const string HybridFile =
        "Q01TRU5DUjECLnRFh1qNVDsEHxQBRr+xslH4T03b4NTNz9d6/ZhKlSDjV5QCH4MSu57smVoIsfp3BN89zAtQqWZSY/t3Eflfn4pEnFCW5HyJK2YE96IJKWJYlqhWMIhCQPmECsm/dVI2Rg3NdMojN4"
        + "SaIQ7Xi0+hIGI0FmKZy9Z/s23xqh5XvvYtjRr5seCPFg6RZGmlfi2PWGL9bSXqSk+SYn+N1wMRRXHzsFxaDQNtMy/e/ZoJrvEcfXRAAR5Cmm4Qvzsmq9QOyCkdkI1C3mBEJipxyAL66H20VFdLw0w5"
        + "MwOEZ3RESAWJJCZZ4emcVP8JsVzKplJCmb0XB33IXzjPZRixJ4g7C4soHZzeAzQdYoQie2Tjc7+4lwmT0Jlh6kD/Q7P/Ba8LcahIlowFa62T/FD+u4R0QRPdZFDuhbjsBbcxzxM4byrZPNTONrgfmU"
        + "bv8X2/QjIbwcgu0tFtr37DgkeCTCerLjAuGCNRPfDe55d7MQUca+JpVYNFACnO6YPBahE+EkpcbK6D+cBHDfpjLyh36LA8UzcM2+qC/m2TCVU2zoJmTKbNAZioWqDkKxZD1Mj7+m+7/ARSuJigYe5e"
        + "5zSOC+S76HOUeW4EvdfTArQMX/R7hNDKNFwg3xJ8eSF7NuLldktlCXmklhReAkTntkn7QHZGQWr09AYPW1zbRGEIQxPLPln0e16YIRtp9KRvxlmmUH5tkAn3uYOEWXNnST9S45FdrtLg5+s/Ik9GjO"
        + "pzSp7QxIDCfaQmXwKEBxeUmap8vTEyJb5Z0GU0y/hzr4juHvxtEYeTJaU2Eqv8Q7kmI/XMNV1IYes17OHJhcgK8xK0IUOQcN0Mk4/0m1Fb/BzI5L+5Ba27iUTrKQe/ZqkQsE6XlSQxuJOL95AHC/pe"
        + "7BnadgTfA6lsmyNLOvonoVS1F/Yz7Ji3132mvCUU8MTVPlTSKOlyShufOw1vDscVIrXBrFyK63otnrnQzbzB7jR+3zPAwM1Rp/XttvRg9aotpMFIVlWcJZ3V7umwnKp+KEOvTGsvDD+E0pHOUcYmWz"
        + "ZTQDN9xUBGems+BjEXNxAF2k5GmzGZ4ENIEhSiLCHUWfbEnw4uTzbkiB7XCcEmv7YeV9djd6Hf3gvWkvJbMAqR3Nw2b+g2lFsLFi/CR1QvKQUxJ3Bbq/sGMQ5lzPCnMhURheaoJ/j3N7YPqP/oaxdR"
        + "ogpmaCJsEarIII7RMsXAn/2tes0fFKSRo56Mviy2LSxGx9AX/24fezHXtxZNhrOsIWjCyAG6aWsdFHF4PYYwWMz2Wpgjq5olc/W1Hg4u6E1hygNzUwNUTObcWaX+ZdP3E/o2NqIC/mm8YTBAM4JfYL"
        + "yEJxeHPNn+qMdf5+88FLoJ6gdJ+lFS1xqg+s6ObmSiG4H+IUeybqxAObKxvsRhFMh124x4ADEYsWE3thwCJWAne9BeZ96M/bt3G1TGhzKZFj6CC6ju266wOgzGesLvlu0bvwTLDfLye3xoNOBhP8G4"
        + "6/2bOyPcbUrxytEP883opTetz6YpcC9WROO4eHjQNUE2K6Mx+ayN85kyFSk7Q89Lv7xAL3QK7UDOgjg0KEwDjrxNqFzAHi1iHn3jYR9G0ZR2";
}
